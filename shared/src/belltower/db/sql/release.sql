-- The release, second statement: give locked campaigns back until their earliest remaining work, or complete those without
-- any. One with a contact that can be rung now is kept, and so is one whose contacts have to be seen to first (db/upkeep.py),
-- unless this dialer leaves (:leaving).
WITH work AS MATERIALIZED (
    SELECT
        locked.id,
        first.next_attempt_at,
        first.window_zone,
        (SELECT min(check_at) FROM attempts
         WHERE attempts.campaign_id = locked.id
           AND attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')) AS check_at,
        EXISTS (SELECT FROM contacts
                WHERE contacts.campaign_id = locked.id AND contacts.status IN ('waiting', 'calling')) AS is_open
    FROM unnest(CAST(:ids AS uuid[])) AS locked (id)
    LEFT JOIN LATERAL (
        SELECT next_attempt_at, window_zone FROM contacts
        WHERE contacts.campaign_id = locked.id AND contacts.status = 'waiting'
        ORDER BY next_attempt_at LIMIT 1
    ) AS first ON true
)
UPDATE campaigns
SET owner = NULL,
    epoch = epoch + 1,
    evictions = CASE WHEN :leaving THEN evictions ELSE 0 END,
    status = CASE WHEN work.is_open THEN status ELSE 'completed' END,
    status_actor = CASE WHEN work.is_open THEN status_actor ELSE :actor END,
    completed_at = CASE WHEN work.is_open THEN completed_at ELSE clock_timestamp() END,
    window_zone = CASE WHEN work.check_at IS NULL AND (expires_at IS NULL OR expires_at > work.next_attempt_at)
        THEN work.window_zone END,
    -- Work that is a live call is looked at a second after its own check, when that has had its say. (Without one there is
    -- no such work: greatest() alone would make it due in a second, again and again.) Who waits at its expiry waits no longer.
    next_due_at = CASE WHEN work.is_open THEN least(
        work.next_attempt_at,
        CASE WHEN work.next_attempt_at IS NOT NULL AND hours_changed_at IS NOT NULL THEN clock_timestamp() END,
        CASE WHEN work.next_attempt_at IS NOT NULL AND expires_at IS NOT NULL
            THEN greatest(expires_at, clock_timestamp()) END,
        CASE WHEN work.check_at IS NOT NULL
            THEN greatest(work.check_at, clock_timestamp()) + interval '1 second' END
    ) END
FROM work
WHERE campaigns.id = work.id
  AND (:leaving OR work.next_attempt_at IS NULL OR (
      work.next_attempt_at > clock_timestamp()
      AND hours_changed_at IS NULL
      AND (expires_at IS NULL OR expires_at > clock_timestamp())
  ))
RETURNING campaigns.id, campaigns.status, extract(epoch FROM campaigns.next_due_at - clock_timestamp())::float AS due_in
