-- The release, second statement: give locked campaigns back until their earliest remaining work, or complete those without
-- any. One with a contact that can be rung now is kept, unless this dialer leaves (:leaving).
WITH work AS MATERIALIZED (
    SELECT
        locked.id,
        (SELECT next_attempt_at FROM contacts
         WHERE contacts.campaign_id = locked.id AND contacts.status = 'waiting'
         ORDER BY next_attempt_at LIMIT 1) AS next_attempt_at,
        (SELECT min(check_at) FROM attempts
         WHERE attempts.campaign_id = locked.id
           AND attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')) AS check_at,
        EXISTS (SELECT FROM contacts
                WHERE contacts.campaign_id = locked.id AND contacts.status IN ('waiting', 'calling')) AS is_open
    FROM unnest(CAST(:ids AS uuid[])) AS locked (id)
)
UPDATE campaigns
SET owner = NULL,
    epoch = epoch + 1,
    evictions = CASE WHEN :leaving THEN evictions ELSE 0 END,
    status = CASE WHEN work.is_open THEN status ELSE 'completed' END,
    status_actor = CASE WHEN work.is_open THEN status_actor ELSE :actor END,
    completed_at = CASE WHEN work.is_open THEN completed_at ELSE clock_timestamp() END,
    -- Work that is a live call is looked at a second after its own check, when that has had its say. (Without one there is
    -- no such work: greatest() alone would make it due in a second, again and again.)
    next_due_at = CASE WHEN work.is_open THEN least(
        work.next_attempt_at,
        CASE WHEN work.check_at IS NOT NULL
            THEN greatest(work.check_at, clock_timestamp()) + interval '1 second' END
    ) END
FROM work
WHERE campaigns.id = work.id
  AND (:leaving OR work.next_attempt_at IS NULL OR work.next_attempt_at > clock_timestamp())
RETURNING campaigns.id, campaigns.status, extract(epoch FROM campaigns.next_due_at - clock_timestamp())::float AS due_in
