-- Due when its next occurrence is to be decided on; now, while it has none that is whole.
UPDATE series
SET next_due_at = coalesce(
    (SELECT scheduled_time - interval '5 seconds' FROM campaigns WHERE campaigns.id = series.ahead AND series.copied_to IS NULL),
    clock_timestamp()
)
WHERE id = CAST(:key AS uuid) AND status = 'active' AND deleted_at IS NULL AND next_due_at IS NULL
RETURNING id
