-- Reserve an idempotency key for a request that is about to be done. Nothing comes back where the key is somebody's: its
-- request is under way, or it is done and its answer is kept. A key is free again when its time is over, or when whoever
-- reserved it died before it had done anything.
INSERT INTO idempotency_keys AS kept (account_id, route, key, fingerprint, token)
VALUES (:account, :route, :key, :fingerprint, :token)
ON CONFLICT (account_id, route, key) DO UPDATE
SET fingerprint = excluded.fingerprint, token = excluded.token, created_at = clock_timestamp(),
    renewed_at = clock_timestamp(), status = NULL, headers = NULL, body = NULL
WHERE kept.created_at < clock_timestamp() - make_interval(secs => :kept_for)
   OR (kept.status IS NULL AND kept.renewed_at < clock_timestamp() - make_interval(secs => :lease))
RETURNING token
