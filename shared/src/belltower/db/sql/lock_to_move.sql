-- Campaigns that somebody moves, locked: until the move commits no gate lets a call of theirs through, and no scheduler,
-- dialer or outcome moves them.
SELECT
    id, status, timezone, version, clock_timestamp() AS now,
    coalesce(scheduled_time > clock_timestamp() AND started_at IS NULL, false) AS is_ahead
FROM campaigns
WHERE account_id = :account AND id = ANY(CAST(:ids AS uuid[])) AND deleted_at IS NULL
ORDER BY id
FOR NO KEY UPDATE
