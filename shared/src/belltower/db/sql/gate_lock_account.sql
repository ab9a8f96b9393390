-- The gate, first statement: one gate at a time per account, in all dialers. What it counts is read after this lock.
SELECT
    balance, max_concurrent_calls, calls_per_second, frequency_cap_calls, frequency_cap_period,
    CAST(calling_window AS text) AS calling_window, unknown_zone
FROM accounts
WHERE id = :account
FOR NO KEY UPDATE
