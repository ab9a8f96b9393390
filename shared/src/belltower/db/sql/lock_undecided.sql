-- The unknown calls of a campaign that wait for a decision, locked with their contacts: neither a report nor another decision
-- changes them meanwhile.
SELECT attempts.id
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
WHERE attempts.campaign_id = :campaign AND attempts.status = 'unknown' AND attempts.decided_at IS NULL
ORDER BY contacts.id
FOR NO KEY UPDATE OF contacts, attempts
