-- A series that lacks its next occurrence, the one that waits longest first.
SELECT id
FROM series
WHERE next_due_at IS NOT NULL AND (ahead IS NULL OR copied_to IS NOT NULL) AND next_due_at <= now()
ORDER BY next_due_at
LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED
