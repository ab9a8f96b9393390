-- What was kept with the work, before all of its consequences were known, becomes the answer that is given.
UPDATE idempotency_keys
SET status = :status, body = :body
WHERE account_id = :account AND route = :route AND key = :key AND token = :token AND status IS NOT NULL
