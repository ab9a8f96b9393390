-- Calls of campaigns whose requests may still reach the carrier.
SELECT campaign_id, count(*) AS dialling
FROM attempts
WHERE campaign_id = ANY(CAST(:ids AS uuid[])) AND status = 'dialling'
GROUP BY campaign_id
