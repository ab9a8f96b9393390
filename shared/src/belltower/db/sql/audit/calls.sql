-- Calls, each by itself and against its contact and campaign. A live one is looked after every few seconds once its time has
-- come, so that ten minutes beyond it are nobody's haste.
SELECT judged.rule, CAST(attempts.id AS text) AS key, 'call ' || attempts.id AS subject, judged.detail
FROM attempts
JOIN campaigns ON campaigns.id = attempts.campaign_id
JOIN contacts ON contacts.id = attempts.contact_id
CROSS JOIN LATERAL (
    SELECT attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress') AS is_live
) AS state
CROSS JOIN LATERAL (VALUES
    ('hold_kept', CASE WHEN hold > 0 AND NOT is_live AND (attempts.status <> 'unknown' OR decided_at IS NOT NULL)
        THEN format('it is %s, and holds %s', attempts.status, hold) END),
    ('decision', CASE WHEN (decided_at IS NOT NULL) <> EXISTS (SELECT FROM call_decisions WHERE attempt_id = attempts.id)
        THEN CASE WHEN decided_at IS NULL THEN 'a decision about it is kept, and it waits for one' ELSE 'nobody knows what was decided' END
    END),
    ('check_at', CASE
        WHEN is_live AND check_at IS NULL THEN format('it is %s, and nobody will look after it', attempts.status)
        WHEN NOT is_live AND check_at IS NOT NULL THEN format('it is %s, and is to be looked after', attempts.status)
        WHEN is_live AND check_at > now() + make_interval(secs => greatest(60, ring_timeout, time_limit) + 120)
            THEN format('it is %s, and looked after as late as %s', attempts.status, check_at)
    END),
    ('not_watched', CASE WHEN is_live AND check_at < now() - interval '10 minutes'
        THEN format('it is %s, and was to be looked after at %s', attempts.status, check_at) END),
    ('slot_kept', CASE WHEN is_live AND gated_at + make_interval(secs => ring_timeout + time_limit + 3600) < now()
        THEN format('it is %s since %s, and cannot last so long', attempts.status, gated_at) END),
    ('end', CASE
        WHEN is_live <> (ended_at IS NULL) THEN format('it is %s, and its end is %s', attempts.status, coalesce(ended_at::text, 'not known'))
        WHEN duration < 0 THEN format('it lasted %s s', duration)
    END),
    ('unbound', CASE WHEN carrier_call_id IS NULL
        AND attempts.status IN ('queued', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer')
        THEN format('it is %s, and has no name at the carrier', attempts.status) END),
    ('not_called_off', CASE WHEN campaigns.status = 'cancelled' AND attempts.status IN ('dialling', 'queued') AND NOT called_off
        THEN format('it is %s, and its campaign is cancelled', attempts.status) END),
    ('tenant', CASE
        WHEN attempts.account_id <> campaigns.account_id THEN 'its campaign is another account''s'
        WHEN attempts.campaign_id <> contacts.campaign_id THEN 'its contact is another campaign''s'
        WHEN attempts.phone <> contacts.phone THEN 'it went to another number than its contact''s'
    END),
    ('window', CASE
        WHEN CAST(attempts.calling_window ->> 'closes_at' AS timestamptz) <= gated_at
            THEN format('it was let through at %s; the window had closed at %s', gated_at, attempts.calling_window ->> 'closes_at')
        WHEN attempts.calling_window IS NULL AND campaigns.calling_window IS NOT NULL AND NOT EXISTS (
            SELECT FROM campaign_events
            WHERE campaign_events.campaign_id = campaigns.id AND 'calling_window' = ANY(campaign_events.changed)
        ) THEN 'its campaign has a window, and nobody decided whether it was open'
    END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR attempts.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
  -- Nearly all have ended as they should, and are left out here, before each rule is asked.
  AND (
      attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')
      OR decided_at IS NOT NULL OR attempts.id IN (SELECT attempt_id FROM call_decisions)
      OR hold > 0 OR check_at IS NOT NULL OR ended_at IS NULL OR duration < 0
      OR carrier_call_id IS NULL AND attempts.status IN ('completed', 'busy', 'no_answer')
      OR attempts.account_id <> campaigns.account_id OR attempts.campaign_id <> contacts.campaign_id
      OR attempts.phone <> contacts.phone
      OR CAST(attempts.calling_window ->> 'closes_at' AS timestamptz) <= gated_at
      OR attempts.calling_window IS NULL AND campaigns.calling_window IS NOT NULL
  )
