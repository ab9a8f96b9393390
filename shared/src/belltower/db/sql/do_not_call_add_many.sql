-- Put numbers on an account's do-not-call list, and on the record; how many were not on it yet. Those that were stay as they are.
WITH added AS (
    INSERT INTO do_not_call (account_id, phone, reason, note)
    SELECT :account, phone, :reason, CAST(:note AS text)
    FROM unnest(CAST(:phones AS text[])) AS phone
    ON CONFLICT (account_id, phone) DO NOTHING
    RETURNING *
),
recorded AS (
    INSERT INTO do_not_call_events (account_id, phone, change, actor, note)
    SELECT account_id, phone, 'added', :actor, note
    FROM added
)
SELECT count(*) FROM added
