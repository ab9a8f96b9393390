-- Put a list at the end of a locked campaign's own; who is on it already stays as they are.
INSERT INTO contacts (campaign_id, phone, name, fields, timezone, next_attempt_at)
SELECT :campaign, phone, name, fields, timezone, clock_timestamp()
FROM new_contacts
ORDER BY position
ON CONFLICT (campaign_id, phone) DO NOTHING
