-- The gate, third statement: what the account has and does at this moment, from the rows themselves.
SELECT
    (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = :account) AS unfolded,
    (SELECT coalesce(sum(hold), 0) FROM attempts WHERE account_id = :account AND hold > 0) AS held,
    (SELECT count(*) FROM attempts
     WHERE account_id = :account AND status IN ('dialling', 'queued', 'ringing', 'in_progress')) AS live,
    (SELECT count(*) FROM attempts
     WHERE :limited AND account_id = :account AND gated_at > clock_timestamp() - interval '1 second' AND status <> 'not_placed') AS recent
