-- Dead letters that are older than they are kept for, or of which there are more than are kept.
DELETE FROM dead_letters
WHERE id = ANY (ARRAY(
    SELECT id FROM dead_letters
    WHERE last_at < now() - make_interval(secs => :kept_for)
       OR (last_at, id) <= (SELECT last_at, id FROM dead_letters ORDER BY last_at DESC, id DESC OFFSET :most LIMIT 1)
    ORDER BY last_at, id
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
))
