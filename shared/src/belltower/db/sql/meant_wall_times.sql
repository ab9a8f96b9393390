-- Campaigns that wait for a wall time that somebody wrote, or a series' rule gives.
SELECT id, scheduled_wall, timezone, scheduled_time
FROM campaigns
WHERE wall_time_meant AND status IN ('paused', 'scheduled') AND deleted_at IS NULL
  AND started_at IS NULL AND scheduled_time > now() AND id > :after
ORDER BY id
LIMIT :limit
