-- The occurrence that is made ahead, of a series that is locked, is hidden until the scheduler has placed it anew; not one
-- that somebody moved or edited by itself.
UPDATE campaigns
SET deleted_at = clock_timestamp(), next_due_at = NULL, announced_at = NULL, occurrence = NULL
WHERE id = :campaign AND status = 'scheduled' AND NOT is_exception AND deleted_at IS NULL
