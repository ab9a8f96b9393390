-- The wallet at this moment: what is folded, what is not yet, and what live and unknown calls hold.
SELECT
    accounts.currency,
    accounts.balance + (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = accounts.id) AS balance,
    (SELECT coalesce(sum(hold), 0) FROM attempts WHERE account_id = accounts.id AND hold > 0) AS held
FROM accounts
WHERE accounts.id = :account
