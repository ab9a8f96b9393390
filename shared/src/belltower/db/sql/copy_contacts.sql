-- The list of a campaign, as that of another; without those who were taken off it.
INSERT INTO contacts (campaign_id, phone, name, fields, timezone, next_attempt_at)
SELECT :campaign, phone, name, fields, timezone, CAST(:next_attempt_at AS timestamptz)
FROM contacts
WHERE campaign_id = :source AND (status <> 'skipped' OR reason IS DISTINCT FROM 'removed')
ORDER BY id
