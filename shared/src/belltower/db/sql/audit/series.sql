-- Series: each that goes on is due, its next occurrence is one of its own, its list is whole, no occurrence is made twice.
SELECT judged.rule, CAST(series.id AS text) AS key, 'series ' || series.id AS subject, judged.detail
FROM series
LEFT JOIN campaigns AS ahead ON ahead.id = series.ahead
CROSS JOIN LATERAL (VALUES
    ('series_stalled', CASE WHEN series.status = 'active' AND series.deleted_at IS NULL AND series.next_due_at IS NULL
        THEN 'it is active, and its next occurrence is made at no time' END),
    ('series_ahead', CASE
        WHEN series.ahead IS NOT NULL AND ahead.series_id IS DISTINCT FROM series.id THEN 'its next occurrence is not its own'
        WHEN series.copied_to IS NOT NULL AND ahead.deleted_at IS NULL THEN 'its next occurrence is seen before it is whole'
        WHEN series.ahead IS NOT NULL AND series.copied_to IS NULL AND ahead.occurrence IS NULL
            THEN 'its next occurrence is at no time of its rule'
    END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR series.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
UNION ALL
SELECT
    'series_list', CAST(series.id AS text), 'series ' || series.id,
    format('it says that it has %s contacts, and has %s', series.contacts, coalesce(listed.contacts, 0))
FROM series
LEFT JOIN (SELECT series_id, count(*) AS contacts FROM series_contacts GROUP BY series_id) AS listed
    ON listed.series_id = series.id
WHERE series.contacts <> coalesce(listed.contacts, 0)
  AND (CAST(:account AS uuid) IS NULL OR series.account_id = CAST(:account AS uuid))
UNION ALL
SELECT
    'occurrence', CAST(series_id AS text), 'series ' || series_id, format('its occurrence of %s was made %s times', occurrence, count(*))
FROM campaigns
WHERE series_id IS NOT NULL AND occurrence IS NOT NULL
  AND (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
GROUP BY series_id, occurrence
HAVING count(*) > 1
