-- Nobody is rung twice at once. Unique indexes see to it; an index that was damaged (a restored copy on another C library) does not.
SELECT
    'two_calls' AS rule, CAST(contact_id AS text) AS key, 'contact ' || contact_id AS subject,
    format('%s calls to it are live or unknown', count(*)) AS detail
FROM attempts
WHERE status IN ('dialling', 'queued', 'ringing', 'in_progress', 'unknown')
  AND (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
GROUP BY contact_id
HAVING count(*) > 1
UNION ALL
SELECT
    'two_calls', min(id::text), 'call ' || min(id::text), format('%s calls to its number are live', count(*))
FROM attempts
WHERE status IN ('dialling', 'queued', 'ringing', 'in_progress')
  AND (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
GROUP BY account_id, phone
HAVING count(*) > 1 AND count(DISTINCT contact_id) > 1
