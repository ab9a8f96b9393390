-- A campaign's calls, summed up over spans of equal length.
SELECT
    to_timestamp(floor(extract(epoch FROM gated_at) / CAST(:seconds AS int)) * CAST(:seconds AS int)) AS at,
    count(*) AS placed,
    count(*) FILTER (WHERE status IN ('in_progress', 'completed')) AS answered,
    coalesce(sum(duration), 0) AS talk_seconds,
    coalesce(sum(cost), 0) AS cost
FROM attempts
WHERE campaign_id = :campaign AND status <> 'not_placed'
GROUP BY 1
ORDER BY 1
