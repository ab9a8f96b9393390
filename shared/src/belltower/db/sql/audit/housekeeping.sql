-- What is kept for a time only, an hour beyond it.
SELECT 'housekeeping' AS rule, kept.name AS key, 'table ' || kept.name AS subject,
    format('%s rows are kept longer than they should', kept.rows) AS detail
FROM (
    SELECT 'idempotency_keys', count(*) FROM idempotency_keys WHERE created_at < now() - interval '25 hours'
    UNION ALL
    SELECT 'imports', count(*) FROM imports WHERE created_at < now() - interval '25 hours'
    UNION ALL
    SELECT 'sessions', count(*) FROM sessions WHERE expires_at < now() - interval '1 hour'
) AS kept (name, rows)
WHERE kept.rows > 0 AND CAST(:account AS uuid) IS NULL
