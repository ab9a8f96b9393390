-- Answers that are kept no longer, a batch at a time.
DELETE FROM idempotency_keys
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_keys
    WHERE created_at < now() - make_interval(secs => :kept_for)
    ORDER BY created_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
))
