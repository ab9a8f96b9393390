-- Claim the campaigns that are due within :ahead seconds, oldest first, and mark them announced. Schedulers side by side skip
-- each other's rows. One whose instant is still to come stays what it is: should it be changed meanwhile, the mark goes
-- (a trigger sees to that), and it is claimed anew.
-- A due campaign is runnable, not deleted and nobody's (constraints of the table say so), so the guard is its own row. The
-- ids go by as an array: the primary key finds them whatever the statistics say, never a scan of all campaigns.
-- A first start that is later than its grace allows was missed, because no scheduler ran: that campaign is paused instead, and
-- says by how much. (So many seconds as it takes until a lost announcement is made again, 10, are never missed.) Only one that is
-- still `scheduled` has its first start to come; what goes on is pending or processing.
WITH due AS (
    SELECT id
    FROM campaigns
    WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL
      AND next_due_at <= now() + make_interval(secs => :ahead)
    ORDER BY next_due_at
    LIMIT :batch
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE campaigns
SET (announced_at, status, status_actor, status_reason, next_due_at) = (
    SELECT
        CASE WHEN NOT is_missed THEN clock_timestamp() END,
        CASE WHEN is_missed THEN 'paused' WHEN starts THEN 'pending' ELSE campaigns.status END,
        CASE WHEN is_missed OR starts THEN 'scheduler' ELSE campaigns.status_actor END,
        CASE WHEN is_missed THEN format(
            'Missed by %s. Start it now, or give it another time and resume it.',
            CASE
                WHEN late < 60 THEN format('%s s', late)
                WHEN late < 3600 THEN format('%s min', late / 60)
                WHEN late < 86400 THEN format('%s h %s min', late / 3600, late / 60 % 60)
                ELSE format('%s d %s h', late / 86400, late / 3600 % 24)
            END
        ) ELSE campaigns.status_reason END,
        CASE WHEN NOT is_missed THEN campaigns.next_due_at END
    FROM (
        SELECT floor(extract(epoch FROM now() - campaigns.scheduled_time))::bigint AS late
    ) AS start
    CROSS JOIN LATERAL (
        SELECT (
            campaigns.status = 'scheduled' AND campaigns.misfire_grace IS NOT NULL
            AND late >= greatest(campaigns.misfire_grace, 10)
        ) IS TRUE AS is_missed,
        campaigns.status = 'scheduled' AND campaigns.next_due_at <= now() AS starts
    ) AS judged
)
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM due))
RETURNING
    campaigns.id, coalesce(campaigns.next_due_at, campaigns.scheduled_time) AS due_at, campaigns.announced_at,
    greatest(extract(epoch FROM campaigns.next_due_at - clock_timestamp()), 0)::float AS due_in
