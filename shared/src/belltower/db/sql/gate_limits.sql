-- The gate, where caller ids or campaigns have limits of their own: how many more calls each of them may have at this moment,
-- from the rows themselves. The account is locked by an earlier statement, so that no other gate adds one meanwhile.
SELECT
    limits.caller_id,
    CAST(NULL AS uuid) AS campaign_id,
    least(
        CASE WHEN limits.max_concurrent_calls IS NOT NULL THEN limits.max_concurrent_calls - (
            SELECT count(*) FROM attempts
            WHERE account_id = :account AND status IN ('dialling', 'queued', 'ringing', 'in_progress')
              AND attempts.caller_id = limits.caller_id
        ) END,
        CASE WHEN limits.calls_per_second IS NOT NULL THEN limits.calls_per_second - (
            SELECT count(*) FROM attempts
            WHERE account_id = :account AND gated_at > statement_timestamp() - interval '1 second'
              AND attempts.caller_id = limits.caller_id AND status <> 'not_placed'
        ) END
    ) AS may
FROM caller_id_limits AS limits
WHERE limits.account_id = :account AND limits.caller_id = ANY(CAST(:caller_ids AS text[]))
UNION ALL
SELECT
    NULL,
    paced.id,
    paced.calls_per_second - (
        SELECT count(*) FROM attempts
        WHERE campaign_id = paced.id AND gated_at > statement_timestamp() - interval '1 second'
          AND status <> 'not_placed'
    )
FROM unnest(CAST(:campaigns AS uuid[]), CAST(:rates AS int[])) AS paced (id, calls_per_second)
