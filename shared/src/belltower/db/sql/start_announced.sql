-- What was announced ahead and has waited in the queue since: its time has come, though no dialer has. What is locked is just being
-- taken, or changed.
WITH waiting AS (
    SELECT id
    FROM campaigns
    WHERE announced_at IS NOT NULL AND announced_at <= now() - make_interval(secs => :age)
      AND status = 'scheduled' AND next_due_at <= now() - make_interval(secs => :age)
    ORDER BY announced_at
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE campaigns
SET status = 'pending', status_actor = 'scheduler'
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM waiting))
