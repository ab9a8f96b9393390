-- Calls of campaigns that were just stopped which have not rung: what waits at the carrier is looked after at once, and what
-- is being placed as soon as the carrier has it. No gate has added one since the campaigns were locked.
WITH unrung AS (
    SELECT id
    FROM attempts
    WHERE campaign_id = ANY(CAST(:ids AS uuid[])) AND status IN ('dialling', 'queued')
    ORDER BY id
    FOR NO KEY UPDATE
)
UPDATE attempts
SET called_off = true,
    check_at = CASE status WHEN 'queued' THEN clock_timestamp() ELSE check_at END
WHERE attempts.id = ANY(ARRAY(SELECT id FROM unrung))
