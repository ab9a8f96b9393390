-- Lease the live calls whose time to be looked after has come; another reconciler gets them when the lease runs out.
WITH due AS (
    SELECT id
    FROM attempts
    WHERE check_at IS NOT NULL AND check_at <= now()
    ORDER BY check_at
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE attempts
SET check_at = clock_timestamp() + make_interval(secs => :lease)
WHERE attempts.id = ANY(ARRAY(SELECT id FROM due))
RETURNING
    attempts.id, attempts.account_id, attempts.phone, attempts.caller_id, attempts.status, attempts.carrier,
    attempts.carrier_call_id, attempts.dialer, attempts.gated_at, attempts.send_by, attempts.request_ended_at,
    attempts.ring_timeout, attempts.time_limit, attempts.called_off, attempts.answered_by,
    (SELECT answering_machine FROM campaigns WHERE campaigns.id = attempts.campaign_id) AS answering_machine,
    clock_timestamp() AS now
