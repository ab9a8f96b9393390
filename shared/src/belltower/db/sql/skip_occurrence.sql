-- The campaign of an occurrence is cancelled unless it has started. A scheduler that has announced it meanwhile has started it.
UPDATE campaigns
SET status = 'cancelled', status_reason = :reason, status_actor = :actor, completed_at = clock_timestamp(),
    epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE series_id = :series AND occurrence = :occurrence AND deleted_at IS NULL
  AND (status = 'scheduled' OR status = 'paused' AND started_at IS NULL)
