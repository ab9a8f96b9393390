-- How many calls of each campaign are live: counted, never kept.
SELECT campaign_id, count(*)::int AS live
FROM attempts
WHERE campaign_id = ANY(CAST(:ids AS uuid[])) AND status IN ('dialling', 'queued', 'ringing', 'in_progress')
GROUP BY campaign_id
