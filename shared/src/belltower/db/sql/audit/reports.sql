-- A call has the end that a report gave it: one, beside the one that said that nobody knows.
WITH reported AS (
    SELECT
        attempt_id,
        count(*) FILTER (WHERE status <> 'unknown') AS ends,
        max(status) FILTER (WHERE status <> 'unknown') AS last_end,
        count(*) FILTER (WHERE status = 'unknown') AS doubts
    FROM call_events
    WHERE effect = 'move'
      AND status IN ('completed', 'busy', 'no_answer', 'failed', 'cancelled', 'not_placed', 'unknown')
    GROUP BY attempt_id
)
SELECT
    'end_reported' AS rule, CAST(attempts.id AS text) AS key, 'call ' || attempts.id AS subject,
    format('it is %s, and %s reports ended it%s', attempts.status, coalesce(ends, 0) + coalesce(doubts, 0), ' as ' || last_end) AS detail
FROM attempts
LEFT JOIN reported ON reported.attempt_id = attempts.id
WHERE (CAST(:account AS uuid) IS NULL OR attempts.account_id = CAST(:account AS uuid))
  AND CASE
      WHEN attempts.status IN ('dialling', 'queued', 'ringing', 'in_progress') THEN coalesce(ends, 0) + coalesce(doubts, 0) > 0
      WHEN attempts.status = 'unknown' THEN coalesce(ends, 0) > 0 OR coalesce(doubts, 0) <> 1
      ELSE coalesce(ends, 0) <> 1 OR last_end <> attempts.status OR coalesce(doubts, 0) > 1
  END
