-- No call is let through while its campaign is not being processed: the gate locks the campaign's row, as every move does, so
-- that the clock orders the two. (Should the database's own clock be set back, this may find what was none.)
WITH stays AS (
    SELECT
        campaign_id, at, to_status,
        coalesce(lead(at) OVER (PARTITION BY campaign_id ORDER BY id), 'infinity') AS until
    FROM campaign_events
    WHERE changed IS NULL
)
SELECT
    'call_after_stop' AS rule, CAST(attempts.id AS text) AS key, 'call ' || attempts.id AS subject,
    format('it was let through at %s; its campaign was %s since %s', attempts.gated_at, stays.to_status, stays.at) AS detail
FROM stays
JOIN attempts ON attempts.campaign_id = stays.campaign_id AND attempts.gated_at > stays.at AND attempts.gated_at < stays.until
WHERE stays.to_status <> 'processing'
  AND (CAST(:account AS uuid) IS NULL OR attempts.account_id = CAST(:account AS uuid))
