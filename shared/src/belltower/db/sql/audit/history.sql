-- The history of campaigns: each move begins where the one before ended, is one that there is, and the last one is the status.
WITH told AS (
    SELECT
        campaign_id, id, from_status, to_status, changed,
        lag(to_status) OVER (PARTITION BY campaign_id ORDER BY id) AS former,
        lead(id) OVER (PARTITION BY campaign_id ORDER BY id) IS NULL AS is_last
    FROM campaign_events
)
SELECT judged.rule, CAST(campaigns.id AS text) AS key, 'campaign ' || campaigns.id AS subject, judged.detail
FROM campaigns
LEFT JOIN told ON told.campaign_id = campaigns.id
CROSS JOIN LATERAL (VALUES
    ('history', CASE
        WHEN told.id IS NULL THEN 'it has no history'
        WHEN told.from_status IS DISTINCT FROM told.former
            THEN format('it was %s, and then moved from %s', coalesce(told.former, 'nothing'), coalesce(told.from_status, 'nothing'))
        WHEN told.changed IS NOT NULL AND told.from_status <> told.to_status
            THEN format('an edit moved it from %s to %s', told.from_status, told.to_status)
        WHEN told.is_last AND told.to_status <> campaigns.status
            THEN format('it is %s, and its history ends with %s', campaigns.status, told.to_status)
    END),
    ('illegal_move', CASE
        WHEN told.id IS NOT NULL AND told.from_status IS NULL AND told.to_status NOT IN ('scheduled', 'pending')
            THEN format('it began as %s', told.to_status)
        WHEN told.from_status IS NOT NULL AND told.changed IS NULL AND NOT EXISTS (
            SELECT FROM unnest(CAST(:sources AS text[]), CAST(:targets AS text[])) AS legal (source, target)
            WHERE legal.source = told.from_status AND legal.target = told.to_status
        ) THEN format('it moved from %s to %s', told.from_status, told.to_status)
    END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR campaigns.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
