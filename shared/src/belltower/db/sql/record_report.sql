-- Record a report about a call and write what follows from it. The call and its contact are locked by the statement
-- before. Nothing is written, and nothing returned, for a report that was recorded before.
WITH recorded AS (
    INSERT INTO call_events (attempt_id, dedupe_key, occurred_at, source, status, effect, carrier_call_id, detail)
    VALUES (
        :attempt, :dedupe_key, CAST(:occurred_at AS timestamptz), :source, :reported, :effect,
        CAST(:carrier_call_id AS text), CAST(:detail AS jsonb)
    )
    ON CONFLICT (attempt_id, dedupe_key) DO NOTHING
    RETURNING id
),
moved_call AS (
    -- A report binds the carrier's name for the call only where none is bound.
    UPDATE attempts
    SET status = :status,
        carrier_call_id = coalesce(carrier_call_id, CAST(:carrier_call_id AS text)),
        ringing_at = coalesce(ringing_at, CAST(:ringing_at AS timestamptz)),
        answered_at = coalesce(answered_at, CAST(:answered_at AS timestamptz)),
        ended_at = coalesce(CAST(:ended_at AS timestamptz), ended_at),
        duration = coalesce(CAST(:duration AS int), duration),
        answered_by = coalesce(CAST(:answered_by AS text), answered_by),
        error_code = coalesce(CAST(:error_code AS text), error_code),
        reason = coalesce(CAST(:reason AS text), reason),
        hold = CAST(:hold AS numeric),
        cost = CAST(:cost AS numeric),
        check_at = CAST(:check_at AS timestamptz)
    FROM recorded
    WHERE attempts.id = :attempt AND :writes_call
),
moved_contact AS (
    UPDATE contacts
    SET status = CAST(:contact_status AS text),
        next_attempt_at = CAST(:next_attempt_at AS timestamptz),
        reason = CAST(:contact_reason AS text),
        window_zone = NULL,
        attempts = :contact_attempts
    FROM recorded
    WHERE contacts.id = :contact AND :writes_contact
),
booked AS (
    INSERT INTO ledger_entries (account_id, kind, amount, written_off, attempt_id, note)
    SELECT :account, CAST(:entry AS text), -CAST(:charge AS numeric), CAST(:written_off AS numeric), :attempt, CAST(:note AS text)
    FROM recorded
    WHERE CAST(:entry AS text) IS NOT NULL
),
appended AS (
    INSERT INTO unfolded (account_id, campaign_id, amount, {counters})
    SELECT :account, :campaign, -CAST(:charge AS numeric), {changes}
    FROM recorded
    WHERE :appends
)
SELECT id FROM recorded
