-- The carrier took these calls. What a callback said meanwhile stays; the name is bound only where none is.
WITH placed AS (
    SELECT * FROM unnest(CAST(:attempts AS uuid[]), CAST(:carrier_call_ids AS text[])) AS placed (id, carrier_call_id)
),
locked AS (
    SELECT attempts.id
    FROM attempts
    JOIN placed ON placed.id = attempts.id
    ORDER BY attempts.id
    FOR NO KEY UPDATE OF attempts
)
UPDATE attempts
SET request_ended_at = clock_timestamp(),
    carrier_call_id = coalesce(attempts.carrier_call_id, placed.carrier_call_id),
    status = CASE attempts.status WHEN 'dialling' THEN 'queued' ELSE attempts.status END,
    check_at = CASE attempts.status
        WHEN 'dialling' THEN CASE WHEN attempts.called_off THEN clock_timestamp()
            ELSE attempts.gated_at + make_interval(secs => :queue_limit) END
        ELSE attempts.check_at END
FROM placed
JOIN locked ON locked.id = placed.id
WHERE attempts.id = placed.id
