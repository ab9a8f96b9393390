-- A live call is looked after now: the carrier is asked, and nothing is guessed. One that has ended is left alone.
UPDATE attempts
SET check_at = CASE WHEN status IN ('dialling', 'queued', 'ringing', 'in_progress') THEN clock_timestamp() END
WHERE id = CAST(:key AS uuid) AND CASE
    WHEN status IN ('dialling', 'queued', 'ringing', 'in_progress') THEN check_at IS NULL
        OR check_at > clock_timestamp() + make_interval(secs => greatest(60, ring_timeout, time_limit) + 120)
    ELSE check_at IS NOT NULL
END
RETURNING campaign_id AS id
