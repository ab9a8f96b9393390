-- Contacts, against their calls.
WITH called AS (
    SELECT
        contact_id,
        count(*) AS calls,
        count(*) FILTER (WHERE status IN ('dialling', 'queued', 'ringing', 'in_progress')) AS live,
        count(*) FILTER (WHERE status = 'unknown') AS unknown,
        count(*) FILTER (WHERE status = 'completed'
            AND (answered_by IS NULL OR answered_by NOT LIKE 'machine%' AND answered_by <> 'fax')) AS answered,
        count(*) FILTER (WHERE status NOT IN ('dialling', 'queued', 'ringing', 'in_progress')) AS ended,
        count(*) FILTER (WHERE status IN ('completed', 'busy', 'no_answer', 'failed', 'unknown')
            OR status = 'cancelled' AND ringing_at IS NOT NULL) AS counted,
        count(*) FILTER (WHERE status <> 'not_placed') AS numbered,
        coalesce(max(number) FILTER (WHERE status <> 'not_placed'), 0) AS last_number
    FROM attempts
    WHERE CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid)
    GROUP BY contact_id
)
SELECT
    judged.rule, CAST(contacts.id AS text) AS key,
    format('contact %s of campaign %s', contacts.id, contacts.campaign_id) AS subject, judged.detail
FROM contacts
JOIN campaigns ON campaigns.id = contacts.campaign_id
LEFT JOIN called ON called.contact_id = contacts.id
CROSS JOIN LATERAL (VALUES
    ('contact_status', CASE
        WHEN (contacts.status = 'calling') <> (coalesce(called.live, 0) > 0)
            THEN format('it is %s, and has %s live calls', contacts.status, coalesce(called.live, 0))
        WHEN (contacts.status = 'unknown') <> (coalesce(called.unknown, 0) > 0)
            THEN format('it is %s, and has %s calls that are unknown', contacts.status, coalesce(called.unknown, 0))
        WHEN called.answered > 0 AND contacts.status <> 'reached' THEN format('it is %s, and a person answered', contacts.status)
        WHEN contacts.status IN ('reached', 'unreached') AND called.calls IS NULL
            THEN format('it is %s, and was never called', contacts.status)
    END),
    ('contact_reason', CASE
        WHEN (contacts.status = 'waiting') <> (contacts.next_attempt_at IS NOT NULL)
            THEN format('it is %s, and its next call is %s', contacts.status, coalesce(contacts.next_attempt_at::text, 'never'))
        WHEN contacts.status = 'skipped' AND contacts.reason IS NULL THEN 'it is skipped without a reason'
        WHEN contacts.status <> 'waiting' AND contacts.window_zone IS NOT NULL
            THEN format('it is %s, and waits for a window', contacts.status)
    END),
    ('call_numbers', CASE WHEN called.numbered <> called.last_number
        THEN format('it has %s calls, and the last is number %s', called.numbered, called.last_number) END),
    -- Evidence that came late may count a call that did not; an edit may lower the budget below what is used up.
    ('budget', CASE
        WHEN contacts.attempts < coalesce(called.counted, 0) OR contacts.attempts > coalesce(called.ended, 0)
            THEN format('%s attempts are used up, and %s of its calls count', contacts.attempts, coalesce(called.counted, 0))
        WHEN coalesce(called.counted, 0) > campaigns.max_attempts AND NOT EXISTS (
            SELECT FROM campaign_events
            WHERE campaign_events.campaign_id = campaigns.id AND 'max_attempts' = ANY(campaign_events.changed)
        ) THEN format('it was called %s times, of %s', called.counted, campaigns.max_attempts)
    END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR campaigns.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
  -- Whom a person answered, or nobody called yet, and whose numbers add up, is left out here, before each rule is asked.
  AND NOT (
      CASE contacts.status
          WHEN 'reached' THEN coalesce(called.live + called.unknown, 0) = 0 AND called.calls > 0
          WHEN 'waiting' THEN called.calls IS NULL AND contacts.next_attempt_at IS NOT NULL
          ELSE false
      END
      AND contacts.attempts BETWEEN coalesce(called.counted, 0) AND coalesce(called.ended, 0)
      AND coalesce(called.counted, 0) <= campaigns.max_attempts AND coalesce(called.numbered = called.last_number, true)
      AND (contacts.status = 'waiting' OR contacts.next_attempt_at IS NULL AND contacts.window_zone IS NULL)
  )
