-- A kept answer stands for something done: what it says was created is there.
SELECT
    'answer' AS rule, answered.id AS key, 'answer to ' || answered.route AS subject,
    format('it says that campaign %s was created, and the account has none', answered.id) AS detail
FROM (
    SELECT account_id, route, substring(convert_from(body, 'UTF8') FROM '^\{"id":"([0-9a-f-]{36})"') AS id
    FROM idempotency_keys
    WHERE status = 201 AND route LIKE 'POST /api/campaigns%'
      AND (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
) AS answered
WHERE answered.id IS NOT NULL AND NOT EXISTS (
    SELECT FROM campaigns WHERE campaigns.id = CAST(answered.id AS uuid) AND campaigns.account_id = answered.account_id
)
