-- What decides whether an account may create a campaign, and when "now" is.
SELECT
    accounts.currency,
    accounts.caller_id,
    accounts.balance + (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = accounts.id) AS balance,
    clock_timestamp() AS now
FROM accounts
WHERE accounts.id = :account
