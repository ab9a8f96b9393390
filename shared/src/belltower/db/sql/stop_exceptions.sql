-- What was edited by itself, or was left behind by a change, of a series that is paused or deleted; what has started goes on.
UPDATE campaigns
SET status = :status, status_reason = :reason, status_actor = :actor,
    completed_at = CASE CAST(:status AS text) WHEN 'cancelled' THEN clock_timestamp() END,
    epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE series_id = :series AND status = 'scheduled' AND deleted_at IS NULL
