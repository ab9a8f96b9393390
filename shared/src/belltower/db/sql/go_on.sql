-- A locked campaign goes on with those it has not reached, from its earliest work on, or waits for its time as before. One
-- without any work left is due now, too: a dialer will complete it.
WITH work AS MATERIALIZED (
    SELECT least(
        (SELECT next_attempt_at FROM contacts
         WHERE contacts.campaign_id = :campaign AND contacts.status = 'waiting'
         ORDER BY next_attempt_at LIMIT 1),
        -- A live call is looked at a second after its own check, when that has had its say.
        (SELECT greatest(min(check_at), clock_timestamp()) + interval '1 second' FROM attempts
         WHERE attempts.campaign_id = :campaign
           AND attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')
         HAVING count(*) > 0)
    ) AS at
)
UPDATE campaigns
SET status = :status, status_reason = NULL, status_actor = :actor, evictions = 0, announced_at = NULL, window_zone = NULL,
    scheduled_time = coalesce(CAST(:scheduled_time AS timestamptz), scheduled_time),
    scheduled_wall = coalesce(CAST(:scheduled_wall AS timestamp), scheduled_wall),
    wall_time_meant = wall_time_meant AND CAST(:scheduled_time AS timestamptz) IS NULL,
    next_due_at = CASE CAST(:status AS text)
        WHEN 'scheduled' THEN scheduled_time
        ELSE greatest(
            least(work.at, expires_at, CASE WHEN hours_changed_at IS NOT NULL THEN clock_timestamp() END), clock_timestamp()
        ) END
FROM work
WHERE campaigns.id = :campaign
