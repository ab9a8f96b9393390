-- The series that is first in line waits for a minute.
UPDATE series SET next_due_at = clock_timestamp() + interval '1 minute'
WHERE id = (
    SELECT id
    FROM series
    WHERE next_due_at IS NOT NULL AND (ahead IS NULL OR copied_to IS NOT NULL) AND next_due_at <= now()
    ORDER BY next_due_at
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
