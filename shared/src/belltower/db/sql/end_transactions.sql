-- A dialer that stands still may do so inside a transaction, whose locks all others would wait for. Postgres ends a session
-- that idles in a transaction, but between the parts of one statement (parsed, not yet bound) it does not count as idle.
-- The heartbeat's session, which holds the lock that shows that the process exists, is in no transaction.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = current_database() AND application_name = ANY(CAST(:names AS text[]))
  AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
  AND pg_has_role(usesysid, 'USAGE') -- what another role runs may not be ended, and must not keep us from the rest
