-- Put a number on an account's do-not-call list, and on the record; nothing, and no row, for one that is on it already.
WITH added AS (
    INSERT INTO do_not_call (account_id, phone, reason, attempt_id, note)
    VALUES (:account, :phone, :reason, CAST(:attempt AS uuid), CAST(:note AS text))
    ON CONFLICT (account_id, phone) DO NOTHING
    RETURNING *
),
recorded AS (
    INSERT INTO do_not_call_events (account_id, phone, change, actor, attempt_id, note)
    SELECT account_id, phone, 'added', :actor, attempt_id, note
    FROM added
)
SELECT phone, reason, attempt_id, note, created_at FROM added
