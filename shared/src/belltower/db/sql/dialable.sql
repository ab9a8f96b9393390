-- The next contacts to ring, for many campaigns at once.
SELECT wanted.campaign_id, found.id, found.phone, found.name, CAST(found.fields AS text) AS fields, found.timezone
FROM unnest(CAST(:ids AS uuid[]), CAST(:limits AS int[])) AS wanted (campaign_id, at_most)
CROSS JOIN LATERAL (
    SELECT contacts.id, contacts.phone, contacts.name, contacts.fields, contacts.timezone
    FROM contacts
    WHERE contacts.campaign_id = wanted.campaign_id
      AND contacts.status = 'waiting' AND contacts.next_attempt_at <= now()
    ORDER BY contacts.next_attempt_at, contacts.id
    LIMIT wanted.at_most
) AS found
