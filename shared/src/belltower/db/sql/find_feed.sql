-- The calendar feed of a token.
SELECT
    id, account_id, revoked_at IS NOT NULL AS is_revoked,
    revoked_at IS NULL AND coalesce(last_used_at < now() - interval '1 minute', true) AS is_stale
FROM calendar_feeds
WHERE token_hash = :hash
