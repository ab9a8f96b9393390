-- Record reports about calls, one of each call, and write what follows from them. The calls and their contacts are locked by
-- the statement before. Nothing is written of a report that was recorded before, and its call is not returned.
WITH report AS (
    SELECT * FROM jsonb_to_recordset(CAST(:reports AS jsonb)) AS report (
        attempt uuid, account uuid, campaign uuid, contact bigint,
        dedupe_key text, occurred_at timestamptz, source text, reported text, effect text, carrier_call_id text, detail jsonb,
        writes_call boolean, status text, ringing_at timestamptz, answered_at timestamptz, ended_at timestamptz,
        duration int, answered_by text, error_code text, reason text, hold numeric, cost numeric, check_at timestamptz,
        writes_contact boolean, contact_status text, next_attempt_at timestamptz, contact_reason text, contact_attempts int,
        entry text, charge numeric, written_off numeric, note text,
        appends boolean, {counters}
    )
),
recorded AS (
    INSERT INTO call_events (attempt_id, dedupe_key, occurred_at, source, status, effect, carrier_call_id, detail)
    SELECT attempt, dedupe_key, occurred_at, source, reported, effect, carrier_call_id, detail FROM report
    ON CONFLICT (attempt_id, dedupe_key) DO NOTHING
    RETURNING attempt_id
),
new AS (
    SELECT report.* FROM report JOIN recorded ON recorded.attempt_id = report.attempt
),
moved_calls AS (
    -- A report binds the carrier's name for the call only where none is bound.
    UPDATE attempts
    SET status = new.status,
        carrier_call_id = coalesce(attempts.carrier_call_id, new.carrier_call_id),
        ringing_at = coalesce(attempts.ringing_at, new.ringing_at),
        answered_at = coalesce(attempts.answered_at, new.answered_at),
        ended_at = coalesce(new.ended_at, attempts.ended_at),
        duration = coalesce(new.duration, attempts.duration),
        answered_by = coalesce(new.answered_by, attempts.answered_by),
        error_code = coalesce(new.error_code, attempts.error_code),
        reason = coalesce(new.reason, attempts.reason),
        hold = new.hold,
        cost = new.cost,
        check_at = new.check_at
    FROM new
    WHERE attempts.id = ANY(CAST(:attempts AS uuid[])) AND attempts.id = new.attempt AND new.writes_call
),
moved_contacts AS (
    UPDATE contacts
    SET status = new.contact_status,
        next_attempt_at = new.next_attempt_at,
        reason = new.contact_reason,
        window_zone = NULL,
        attempts = new.contact_attempts
    FROM new
    WHERE contacts.id = ANY(CAST(:contacts AS bigint[])) AND contacts.id = new.contact AND new.writes_contact
),
booked AS (
    INSERT INTO ledger_entries (account_id, kind, amount, written_off, attempt_id, note)
    SELECT account, entry, -charge, written_off, attempt, note FROM new WHERE entry IS NOT NULL
),
appended AS (
    INSERT INTO unfolded (account_id, campaign_id, amount, {names})
    SELECT account, campaign, -sum(charge), {sums} FROM new WHERE appends GROUP BY account, campaign
)
SELECT attempt_id FROM recorded
