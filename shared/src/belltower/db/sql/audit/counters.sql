-- What is counted of campaigns, folded or not, against their contacts and calls. An occurrence that is being made, or was
-- withdrawn, has its contacts in pieces, and nobody sees it.
WITH mine AS MATERIALIZED (
    SELECT id, account_id, contacts
    FROM campaigns
    WHERE (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
      AND NOT (deleted_at IS NOT NULL AND status = 'scheduled')
),
appended AS (
    SELECT campaign_id, {sums} FROM unfolded WHERE campaign_id IS NOT NULL GROUP BY campaign_id
),
listed AS (
    SELECT campaign_id, count(*) AS contacts, {contacts}
    FROM contacts
    WHERE CAST(:account AS uuid) IS NULL OR campaign_id = ANY(ARRAY(SELECT id FROM mine))
    GROUP BY campaign_id
),
called AS (
    SELECT campaign_id, {calls}
    FROM attempts
    WHERE (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
      AND status NOT IN ('dialling', 'queued', 'ringing', 'in_progress')
    GROUP BY campaign_id
)
SELECT judged.rule, CAST(mine.id AS text) AS key, 'campaign ' || mine.id AS subject, judged.detail
FROM mine
LEFT JOIN campaign_progress AS folded ON folded.campaign_id = mine.id
LEFT JOIN appended ON appended.campaign_id = mine.id
LEFT JOIN listed ON listed.campaign_id = mine.id
LEFT JOIN called ON called.campaign_id = mine.id
CROSS JOIN LATERAL (VALUES
    ('counters', CASE WHEN folded.campaign_id IS NULL THEN 'nothing is counted of it' ELSE nullif(concat_ws('; ', {wrong}), '') END),
    ('list_size', CASE WHEN mine.contacts <> coalesce(listed.contacts, 0)
        THEN format('it says that it has %s contacts, and has %s', mine.contacts, coalesce(listed.contacts, 0)) END),
    ('tenant', CASE WHEN folded.account_id <> mine.account_id THEN 'its progress is another account''s' END)
) AS judged (rule, detail)
WHERE judged.detail IS NOT NULL
