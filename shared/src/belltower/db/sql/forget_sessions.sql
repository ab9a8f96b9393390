-- Sessions whose time is over, a batch at a time.
DELETE FROM sessions
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sessions
    WHERE expires_at <= now()
    ORDER BY expires_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
))
