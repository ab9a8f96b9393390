-- In the transaction that did what was asked: with it the answer is kept, or without it nothing was done.
UPDATE idempotency_keys
SET status = :status, headers = CAST(:headers AS jsonb), body = :body
WHERE account_id = :account AND route = :route AND key = :key AND token = :token AND status IS NULL
RETURNING token
