-- Whether no campaign of an account was changed by a transaction that a count may have missed: the latest change was before.
SELECT
    CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint) = :server
    AND coalesce(
        (SELECT changed FROM campaigns WHERE account_id = :account ORDER BY changed DESC LIMIT 1)
            < CAST(CAST(:snapshot AS text) AS xid8),
        true
    )
