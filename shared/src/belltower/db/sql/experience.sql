-- What an account's latest calls were like, on average.
SELECT count(*) AS calls, coalesce(avg(cost), 0) AS cost, coalesce(avg(line_seconds), 0) AS line_seconds
FROM (
    SELECT cost, extract(epoch FROM ended_at - gated_at) AS line_seconds
    FROM attempts
    WHERE account_id = :account AND ended_at IS NOT NULL AND status <> 'not_placed'
    ORDER BY gated_at DESC
    LIMIT 1000
) AS latest
