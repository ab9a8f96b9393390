-- The broker has confirmed it. One that has come to nothing again meanwhile waits for an operator again, and stays so.
UPDATE dead_letters
SET status = 'replayed', body = NULL, sent_at = NULL
WHERE id = :id AND status = 'replaying' AND sent_at = :sent_at
RETURNING id
