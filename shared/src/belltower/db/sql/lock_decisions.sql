-- Series whose next occurrence is about to be due, locked. Schedulers side by side skip each other's.
SELECT id, ahead
FROM series
WHERE next_due_at IS NOT NULL AND ahead IS NOT NULL AND copied_to IS NULL AND next_due_at <= now()
ORDER BY next_due_at
LIMIT :batch
FOR NO KEY UPDATE SKIP LOCKED
