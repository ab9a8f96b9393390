-- The calling hours of an account, or of one of its campaigns, have changed: whoever waits for a window is to be looked at again.
-- Their campaigns' dialers do it; what no dialer has is due at once. Those that never ran have nobody who waits for one.
WITH locked AS (
    SELECT id
    FROM campaigns
    WHERE account_id = :account AND deleted_at IS NULL AND started_at IS NOT NULL
      AND status IN ('scheduled', 'pending', 'processing', 'paused')
      AND (CAST(:campaign AS uuid) IS NULL OR id = CAST(:campaign AS uuid))
    ORDER BY id
    FOR NO KEY UPDATE
)
UPDATE campaigns
SET hours_changed_at = clock_timestamp(),
    window_zone = NULL,
    next_due_at = CASE WHEN status = 'scheduled' THEN next_due_at
        WHEN next_due_at IS NOT NULL THEN least(next_due_at, clock_timestamp()) END
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM locked))
