-- Completed means that every contact is final.
SELECT
    'completed' AS rule, CAST(campaigns.id AS text) AS key, 'campaign ' || campaigns.id AS subject,
    format('it is completed, and %s contacts are not final', open.contacts) AS detail
FROM (
    SELECT campaign_id, count(*) AS contacts FROM contacts WHERE status IN ('waiting', 'calling') GROUP BY campaign_id
) AS open
JOIN campaigns ON campaigns.id = open.campaign_id
WHERE campaigns.status = 'completed'
  AND (CAST(:account AS uuid) IS NULL OR campaigns.account_id = CAST(:account AS uuid))
