-- A campaign that cannot go on, whoever owns it.
UPDATE campaigns
SET status = 'failed', status_reason = :reason, status_actor = :actor, completed_at = clock_timestamp(),
    owner = NULL, epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE id = :campaign AND status = ANY(CAST(:sources AS text[]))
RETURNING id
