-- Calls of an account with their contacts, locked in the order of their contacts, to decide about them: a report and another
-- decision wait, and this waits for theirs.
SELECT attempts.id, attempts.status
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
WHERE attempts.id = ANY(CAST(:ids AS uuid[])) AND attempts.account_id = :account
ORDER BY contacts.id
FOR NO KEY UPDATE OF contacts, attempts
