-- Whether no campaign of an account was changed by a transaction that a count may have missed.
SELECT CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint) = :server AND NOT EXISTS (
    SELECT FROM campaigns
    WHERE account_id = :account AND changed >= CAST(CAST(:snapshot AS text) AS xid8)
)
