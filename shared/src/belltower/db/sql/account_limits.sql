-- What bounds an account's calls, and how many of these numbers it may not call.
SELECT
    max_concurrent_calls,
    calls_per_second,
    window_start,
    window_end,
    (SELECT count(*) FROM do_not_call WHERE account_id = :account AND phone = ANY (CAST(:phones AS text[]))) AS do_not_call
FROM accounts
WHERE id = :account
