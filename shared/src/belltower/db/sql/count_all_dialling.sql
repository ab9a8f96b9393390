-- Calls of an account whose requests may still reach the carrier. (Of all that are live: those an index has by account.)
SELECT count(*) FILTER (WHERE status = 'dialling')
FROM attempts
WHERE account_id = :account AND status IN ('dialling', 'queued', 'ringing', 'in_progress')
