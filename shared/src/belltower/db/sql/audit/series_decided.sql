-- What each series that goes on has made and missed since it was last created, changed or resumed: a page, by its id.
SELECT
    series.*,
    since.at AS since,
    coalesce((
        SELECT sum(occurrences) FROM series_events
        WHERE series_events.series_id = series.id AND kind = 'missed' AND series_events.id > since.id
    ), 0)::int AS missed,
    ARRAY(
        SELECT occurrence FROM campaigns
        WHERE campaigns.series_id = series.id AND occurrence >= since.at AT TIME ZONE 'UTC' - interval '3 days'
    ) AS made
FROM series
CROSS JOIN LATERAL (
    SELECT max(id) AS id, greatest(max(at), now() - interval '90 days') AS at
    FROM series_events
    WHERE series_events.series_id = series.id AND kind IN ('created', 'changed', 'resumed')
) AS since
WHERE series.status = 'active' AND series.deleted_at IS NULL AND series.id > CAST(:after AS uuid)
  AND (CAST(:account AS uuid) IS NULL OR series.account_id = CAST(:account AS uuid))
ORDER BY series.id
LIMIT :page
