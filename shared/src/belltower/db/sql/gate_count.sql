-- The gate, third statement: what the account has and does at this moment, from the rows themselves. (clock_timestamp() is
-- volatile: no index could be asked for it, and every call that the account ever made would be read.) `now` is read when all
-- locks are held: what somebody committed before it is seen.
SELECT
    clock_timestamp() AS now,
    (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = :account) AS unfolded,
    (SELECT coalesce(sum(hold), 0) FROM attempts WHERE account_id = :account AND hold > 0) AS held,
    (SELECT count(*) FROM attempts
     WHERE account_id = :account AND status IN ('dialling', 'queued', 'ringing', 'in_progress')) AS live,
    (SELECT count(*) FROM attempts
     WHERE :limited AND account_id = :account AND gated_at > statement_timestamp() - interval '1 second'
       AND status <> 'not_placed') AS recent,
    EXISTS (SELECT FROM caller_id_limits WHERE account_id = :account) AS limits_caller_ids
