-- Take a number off an account's do-not-call list, and put that on the record; no row for one that is not on it.
WITH removed AS (
    DELETE FROM do_not_call
    WHERE account_id = :account AND phone = :phone
    RETURNING *
),
recorded AS (
    INSERT INTO do_not_call_events (account_id, phone, change, actor)
    SELECT account_id, phone, 'removed', :actor
    FROM removed
)
SELECT phone FROM removed
