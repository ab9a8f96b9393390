-- At most once a minute: no row is written by every request.
UPDATE calendar_feeds
SET last_used_at = clock_timestamp()
WHERE id = :id AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
