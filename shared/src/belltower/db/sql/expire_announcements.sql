-- Announced and not taken: the message is lost (or, after a long time, presumed lost). They are due again at once.
WITH stale AS (
    SELECT id
    FROM campaigns
    WHERE announced_at IS NOT NULL AND announced_at <= now() - make_interval(secs => :age)
    ORDER BY announced_at
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE campaigns
SET announced_at = NULL
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM stale))
