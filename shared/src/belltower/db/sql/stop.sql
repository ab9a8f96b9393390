-- Locked campaigns are paused or cancelled. Their contacts stay as they are, however many they are.
UPDATE campaigns
SET status = :status, status_reason = CAST(:reason AS text), status_actor = :actor,
    completed_at = CASE CAST(:status AS text) WHEN 'cancelled' THEN clock_timestamp() ELSE completed_at END,
    owner = NULL, epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE id = ANY(CAST(:ids AS uuid[]))
