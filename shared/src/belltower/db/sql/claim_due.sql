-- Claim the campaigns that are due, oldest first, and mark them announced. Schedulers side by side skip each other's rows.
-- A due campaign is runnable, not deleted and nobody's (constraints of the table say so), so the guard is its own row. The
-- ids go by as an array: the primary key finds them whatever the statistics say, never a scan of all campaigns.
WITH due AS (
    SELECT id
    FROM campaigns
    WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL
      AND next_due_at <= now()
    ORDER BY next_due_at
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE campaigns
SET announced_at = clock_timestamp(),
    status = CASE status WHEN 'scheduled' THEN 'pending' ELSE status END,
    status_actor = CASE status WHEN 'scheduled' THEN 'scheduler' ELSE status_actor END
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM due))
RETURNING campaigns.id, campaigns.next_due_at, campaigns.announced_at
