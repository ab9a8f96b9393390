-- A locked campaign follows the rules of its zone, unless somebody moved it meanwhile or it is about to be due.
WITH moved AS (
    UPDATE campaigns
    SET scheduled_time = :instant,
        next_due_at = CASE WHEN next_due_at IS NOT NULL THEN CAST(:instant AS timestamptz) END,
        announced_at = NULL
    WHERE id = :campaign AND wall_time_meant AND status IN ('paused', 'scheduled') AND deleted_at IS NULL
      AND started_at IS NULL AND scheduled_wall = :wall AND timezone = :timezone AND scheduled_time = :former
      AND scheduled_time > clock_timestamp() + make_interval(secs => :spared)
    RETURNING id, status, scheduled_time, series_id
),
told AS (
    INSERT INTO campaign_events (campaign_id, from_status, to_status, actor, reason, changed)
    SELECT id, status, status, 'scheduler', :reason, ARRAY['scheduled_time'] FROM moved
),
decided AS (
    UPDATE series
    SET next_due_at = series.next_due_at + (CAST(:instant AS timestamptz) - CAST(:former AS timestamptz)),
        decided_until = greatest(series.decided_until, moved.scheduled_time)
    FROM moved
    WHERE series.id = moved.series_id AND series.ahead = moved.id AND series.copied_to IS NULL AND series.next_due_at IS NOT NULL
)
SELECT id FROM moved
