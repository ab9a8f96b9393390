-- The same for good: its list is another one now.
UPDATE campaigns
SET deleted_at = coalesce(deleted_at, clock_timestamp()), next_due_at = NULL, announced_at = NULL,
    occurrence = NULL, series_id = NULL
WHERE id = :campaign AND status = 'scheduled' AND NOT is_exception
