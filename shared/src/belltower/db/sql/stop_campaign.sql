-- Its owner gives a campaign up for a reason that a person has to look at (paused), or that no one can mend (failed).
UPDATE campaigns
SET status = :status, status_reason = :reason, status_actor = :actor,
    owner = NULL, epoch = epoch + 1, announced_at = NULL, next_due_at = NULL,
    completed_at = CASE WHEN :status = 'failed' THEN clock_timestamp() ELSE completed_at END
WHERE id = :campaign AND owner = :dialer AND epoch = :epoch AND status = ANY(CAST(:sources AS text[]))
RETURNING id
