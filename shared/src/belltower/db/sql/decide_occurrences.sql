-- Whether occurrences that are about to be due take place. Their series and they themselves are locked by the statements
-- before; one that somebody moved, stopped or edited by itself is left as it is.
WITH found AS MATERIALIZED (
    SELECT
        campaigns.id, campaigns.series_id, campaigns.scheduled_time, wallet.currency, wallet.balance,
        CASE
            WHEN series.skip_if_running AND EXISTS (
                SELECT FROM campaigns AS former
                WHERE former.series_id = series.id AND former.status IN ('pending', 'processing')
                  AND former.id <> campaigns.id AND former.deleted_at IS NULL
            ) THEN 'skipped'
            WHEN wallet.balance < :minimum THEN 'held'
        END AS verdict
    FROM campaigns
    JOIN series ON series.id = campaigns.series_id
    CROSS JOIN LATERAL (
        SELECT
            accounts.currency,
            accounts.balance + (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = accounts.id) AS balance
        FROM accounts
        WHERE accounts.id = campaigns.account_id
    ) AS wallet
    WHERE campaigns.id = ANY(CAST(:campaigns AS uuid[]))
      AND campaigns.status = 'scheduled' AND NOT campaigns.is_exception AND campaigns.deleted_at IS NULL
),
stopped AS (
    SELECT
        id, series_id, scheduled_time, verdict,
        CASE verdict
            WHEN 'skipped' THEN 'An occurrence of the series before this one still ran.'
            ELSE format(
                'The wallet held %s %s; to call takes at least %s %s. Top it up, and resume.',
                to_char(balance, 'FM999999999990.009999'), currency,
                to_char(CAST(:minimum AS numeric), 'FM999999999990.009999'), currency
            )
        END AS reason
    FROM found
    WHERE verdict IS NOT NULL
),
moved AS (
    UPDATE campaigns
    SET status = CASE stopped.verdict WHEN 'skipped' THEN 'cancelled' ELSE 'paused' END,
        status_reason = stopped.reason, status_actor = 'scheduler',
        completed_at = CASE stopped.verdict WHEN 'skipped' THEN clock_timestamp() END,
        epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
    FROM stopped
    WHERE campaigns.id = stopped.id
),
told AS (
    INSERT INTO series_events (series_id, kind, actor, reason, occurrence, occurrences)
    SELECT series_id, verdict, 'scheduler', reason, scheduled_time, 1 FROM stopped
)
UPDATE series SET ahead = NULL, next_due_at = clock_timestamp() WHERE id = ANY(CAST(:series AS uuid[]))
