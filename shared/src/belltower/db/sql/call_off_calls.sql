-- The same as call_off.sql for single calls.
WITH unrung AS (
    SELECT id
    FROM attempts
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status IN ('dialling', 'queued')
    ORDER BY id
    FOR NO KEY UPDATE
)
UPDATE attempts
SET called_off = true,
    check_at = CASE status WHEN 'queued' THEN clock_timestamp() ELSE check_at END
WHERE attempts.id = ANY(ARRAY(SELECT id FROM unrung))
