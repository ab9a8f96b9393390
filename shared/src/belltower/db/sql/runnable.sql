-- The campaigns of an account that call, or will; those that may call at this moment first.
SELECT id
FROM campaigns
WHERE account_id = :account AND deleted_at IS NULL AND status IN ('scheduled', 'pending', 'processing')
ORDER BY status = 'scheduled', id
