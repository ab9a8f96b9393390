-- What bounds an account's calls.
SELECT max_concurrent_calls, calls_per_second, CAST(calling_window AS text) AS calling_window, unknown_zone
FROM accounts
WHERE id = :account
