-- The gate, last statement: the contacts that are still waiting become calls, each with its row and its hold. The account
-- is locked, so that no other gate can add a live call to a number between this look and this insert. A call has the number
-- after those that the contact had, even if they used up none of its attempts (cancelled before they rang).
WITH wanted AS (
    SELECT *
    FROM unnest(
        CAST(:contacts AS bigint[]), CAST(:attempts AS uuid[]), CAST(:caller_ids AS text[]), CAST(:windows AS text[])
    ) WITH ORDINALITY AS wanted (contact_id, attempt_id, caller_id, calling_window, position)
),
waiting AS (
    SELECT contacts.id, contacts.campaign_id, contacts.phone
    FROM contacts
    JOIN wanted ON wanted.contact_id = contacts.id
    WHERE contacts.status = 'waiting' AND contacts.next_attempt_at <= clock_timestamp()
    ORDER BY contacts.id
    FOR NO KEY UPDATE OF contacts SKIP LOCKED
),
judged AS (
    SELECT
        waiting.*,
        wanted.attempt_id,
        wanted.caller_id,
        wanted.calling_window,
        CASE
            WHEN EXISTS (
                SELECT FROM do_not_call
                WHERE do_not_call.account_id = :account AND do_not_call.phone = waiting.phone
            ) THEN 'do_not_call'
            WHEN row_number() OVER (PARTITION BY waiting.phone ORDER BY wanted.position) > 1 OR EXISTS (
                SELECT FROM attempts
                WHERE attempts.account_id = :account AND attempts.phone = waiting.phone
                  AND attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress')
            ) THEN 'number_busy'
            WHEN capped.until > clock_timestamp() THEN 'frequency_cap'
            ELSE 'admitted'
        END AS verdict,
        capped.until AS capped_until
    FROM waiting
    JOIN wanted ON wanted.contact_id = waiting.id
    -- Until when the cap, if there is one, forbids another call: its last but so many is as old as the period then.
    LEFT JOIN LATERAL (
        SELECT gated_at + make_interval(secs => :cap_period) AS until
        FROM attempts
        WHERE CAST(:cap_calls AS int) IS NOT NULL AND attempts.phone = waiting.phone AND attempts.account_id = :account
          AND status <> 'not_placed' AND (status <> 'cancelled' OR ringing_at IS NOT NULL)
        ORDER BY gated_at DESC
        OFFSET CAST(:cap_calls AS int) - 1
        LIMIT 1
    ) AS capped ON true
),
admitted AS (
    INSERT INTO attempts (
        id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, dialer,
        time_limit, ring_timeout, send_by, check_at, hold, calling_window
    )
    SELECT
        attempt_id, :account, campaign_id, id,
        1 + (SELECT coalesce(max(number), 0) FROM attempts
             WHERE attempts.contact_id = judged.id AND attempts.status <> 'not_placed'),
        phone, caller_id, 'dialling', :carrier, :dialer,
        :time_limit, :ring_timeout, CAST(:send_by AS timestamptz), CAST(:check_at AS timestamptz), CAST(:hold AS numeric),
        CAST(calling_window AS jsonb)
    FROM judged
    WHERE verdict = 'admitted'
),
moved AS (
    UPDATE contacts
    SET status = CASE judged.verdict WHEN 'admitted' THEN 'calling' WHEN 'do_not_call' THEN 'skipped' ELSE 'waiting' END,
        next_attempt_at = CASE judged.verdict
            WHEN 'number_busy' THEN clock_timestamp() + make_interval(secs => :busy_delay)
            WHEN 'frequency_cap' THEN judged.capped_until END,
        reason = CASE judged.verdict WHEN 'admitted' THEN NULL ELSE judged.verdict END,
        window_zone = NULL
    FROM judged
    WHERE contacts.id = judged.id
),
progress AS (
    INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_calling, contact_skipped)
    SELECT
        :account, campaign_id,
        -count(*) FILTER (WHERE verdict IN ('admitted', 'do_not_call')),
        count(*) FILTER (WHERE verdict = 'admitted'),
        count(*) FILTER (WHERE verdict = 'do_not_call')
    FROM judged
    GROUP BY campaign_id
    HAVING count(*) FILTER (WHERE verdict IN ('admitted', 'do_not_call')) > 0
)
SELECT id, campaign_id, attempt_id, verdict FROM judged
