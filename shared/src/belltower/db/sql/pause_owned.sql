-- Its owner gives a campaign up for a reason that a person has to look at.
UPDATE campaigns
SET status = 'paused', status_reason = :reason, status_actor = :actor,
    owner = NULL, epoch = epoch + 1, next_due_at = NULL
WHERE id = :campaign AND owner = :dialer AND epoch = :epoch
RETURNING id
