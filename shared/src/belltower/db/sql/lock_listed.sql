-- Contacts of a campaign by their numbers, locked, and whether they were ever called: while the campaign is locked, too, nobody
-- calls them.
SELECT
    contacts.id, contacts.phone, contacts.status,
    EXISTS (SELECT FROM attempts WHERE attempts.contact_id = contacts.id) AS was_called
FROM contacts
WHERE contacts.campaign_id = :campaign AND contacts.phone = ANY(CAST(:phones AS text[]))
ORDER BY contacts.id
FOR UPDATE OF contacts
