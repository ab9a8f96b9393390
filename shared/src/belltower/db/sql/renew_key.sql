-- The request is still being worked on.
UPDATE idempotency_keys
SET renewed_at = clock_timestamp()
WHERE account_id = :account AND route = :route AND key = :key AND token = :token AND status IS NULL
