-- Dead letters that an operator wants sent again, and that no scheduler is sending at the moment (or that one died meanwhile: what
-- is announced twice is taken over once).
UPDATE dead_letters
SET sent_at = clock_timestamp()
WHERE id = ANY(ARRAY(
    SELECT id FROM dead_letters
    WHERE status = 'replaying' AND (sent_at IS NULL OR sent_at < clock_timestamp() - make_interval(secs => :again))
    ORDER BY last_at, id
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
))
RETURNING id, body, sent_at
