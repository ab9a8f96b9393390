-- The contacts of unknown calls, which are locked, in the order of their campaign's list.
SELECT contacts.phone, contacts.name, CAST(contacts.fields AS text) AS fields, contacts.timezone
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
WHERE attempts.id = ANY(CAST(:ids AS uuid[]))
ORDER BY contacts.id
