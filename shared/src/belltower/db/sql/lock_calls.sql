-- Calls and their contacts, locked in this order, with what deciding about them needs. Each is reported under the carrier's
-- name for it that stands at its place, if any.
SELECT
    attempts.id, attempts.account_id, attempts.campaign_id, attempts.contact_id, attempts.status, attempts.number,
    attempts.carrier_call_id, attempts.hold, attempts.cost, attempts.gated_at, attempts.send_by, attempts.ringing_at,
    attempts.answered_at, attempts.answered_by, attempts.called_off, attempts.ring_timeout,
    attempts.time_limit, attempts.request_ended_at, attempts.phone, attempts.decided_at,
    contacts.status AS contact_status, contacts.attempts AS contact_attempts,
    campaigns.max_attempts, campaigns.retry_delay, CAST(campaigns.retry_delays AS text) AS retry_delays,
    campaigns.retry_backoff, campaigns.answering_machine,
    EXISTS (SELECT FROM ledger_entries WHERE ledger_entries.attempt_id = attempts.id AND kind = 'correction') AS corrected,
    EXISTS (
        SELECT FROM attempts AS other
        WHERE other.carrier_call_id
                = (CAST(:carrier_call_ids AS text[]))[array_position(CAST(:attempts AS uuid[]), attempts.id)]
            AND other.id <> attempts.id
    ) AS names_another,
    clock_timestamp() AS now
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
JOIN campaigns ON campaigns.id = attempts.campaign_id
WHERE attempts.id = ANY(CAST(:attempts AS uuid[]))
ORDER BY contacts.id, attempts.id
FOR NO KEY UPDATE OF contacts, attempts
