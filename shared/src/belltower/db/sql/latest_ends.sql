-- The circuit breaker's question: of a campaign's latest calls, so many as its account says and since a person last resumed
-- it, how many failed? What was cancelled or not placed says nothing of the carrier.
SELECT
    campaigns.account_id, accounts.breaker_calls, accounts.breaker_within, accounts.breaker_share,
    count(latest.status) AS ended,
    count(*) FILTER (WHERE latest.status = 'failed') AS failed,
    (array_agg(concat_ws(': ', latest.error_code, latest.reason) ORDER BY latest.ended_at DESC)
        FILTER (WHERE latest.status = 'failed'))[1] AS last_error
FROM campaigns
JOIN accounts ON accounts.id = campaigns.account_id
LEFT JOIN LATERAL (
    SELECT attempts.status, attempts.error_code, attempts.reason, attempts.ended_at
    FROM attempts
    WHERE attempts.campaign_id = campaigns.id
      AND attempts.ended_at IS NOT NULL
      AND attempts.ended_at > statement_timestamp() - make_interval(secs => accounts.breaker_within)
      AND attempts.status IN ('completed', 'busy', 'no_answer', 'failed', 'unknown')
      AND attempts.gated_at > coalesce(
          (SELECT max(at) FROM campaign_events WHERE campaign_id = :campaign AND from_status = 'paused'), '-infinity')
    ORDER BY attempts.ended_at DESC
    LIMIT accounts.breaker_calls
) AS latest ON true
WHERE campaigns.id = :campaign AND accounts.breaker_calls IS NOT NULL
GROUP BY campaigns.account_id, accounts.breaker_calls, accounts.breaker_within, accounts.breaker_share
