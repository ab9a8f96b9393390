-- Imports that are kept no longer, and with them their files, a batch at a time.
DELETE FROM imports
WHERE id = ANY (ARRAY(
    SELECT id FROM imports
    WHERE created_at < now() - make_interval(secs => :kept_for)
    ORDER BY created_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
))
