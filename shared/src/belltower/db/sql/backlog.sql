-- How many campaigns are due and wait for a dialer, announced or not. Counted up to a thousand: beyond, "many" is enough.
SELECT count(*) FROM (
    SELECT FROM campaigns
    WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL AND next_due_at <= now()
    UNION ALL
    SELECT FROM campaigns WHERE announced_at IS NOT NULL
    LIMIT 1000
) AS waiting
