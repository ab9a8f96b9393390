-- The do-not-call list against its record, and against calls: none was let through to a number while it was on the list.
WITH spans AS (
    SELECT
        id, account_id, phone, change, at,
        lead(at) OVER (PARTITION BY account_id, phone ORDER BY id) AS until
    FROM do_not_call_events
    WHERE CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid)
)
SELECT
    'do_not_call_record' AS rule, CAST(spans.id AS text) AS key, 'do-not-call record ' || spans.id AS subject,
    CASE spans.change WHEN 'added' THEN 'a number was put on the list, and is not on it'
        ELSE 'a number was taken off the list, and is on it' END AS detail
FROM spans
LEFT JOIN do_not_call ON do_not_call.account_id = spans.account_id AND do_not_call.phone = spans.phone
WHERE spans.until IS NULL AND (spans.change = 'added') <> (do_not_call.phone IS NOT NULL)
UNION ALL
SELECT
    'called_although_listed', CAST(attempts.id AS text), 'call ' || attempts.id,
    format('it was let through at %s; its number was on the list since %s', attempts.gated_at, spans.at)
FROM spans
JOIN attempts ON attempts.account_id = spans.account_id AND attempts.phone = spans.phone
    AND attempts.gated_at > spans.at AND (spans.until IS NULL OR attempts.gated_at < spans.until)
WHERE spans.change = 'added'
