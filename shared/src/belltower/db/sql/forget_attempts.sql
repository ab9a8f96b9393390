-- Counts of attempts to sign in whose window is over, a batch at a time.
DELETE FROM sign_in_attempts
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sign_in_attempts
    WHERE began_at < now() - make_interval(secs => :window)
    ORDER BY began_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
))
