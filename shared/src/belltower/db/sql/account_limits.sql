-- What bounds an account's calls.
SELECT max_concurrent_calls, calls_per_second, window_start, window_end
FROM accounts
WHERE id = :account
