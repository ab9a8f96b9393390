-- The request failed. Where its transaction committed after all, the answer is there and stays.
DELETE FROM idempotency_keys
WHERE account_id = :account AND route = :route AND key = :key AND token = :token AND status IS NULL
