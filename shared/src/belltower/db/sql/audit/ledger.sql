-- Each call is settled once: what it cost is what the ledger has of it.
WITH booked AS (
    SELECT
        attempt_id,
        sum(written_off - amount) AS paid,
        count(*) FILTER (WHERE kind = 'call') AS charges,
        count(*) FILTER (WHERE kind = 'correction') AS corrections,
        account_id
    FROM ledger_entries
    WHERE attempt_id IS NOT NULL
      AND (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
    GROUP BY attempt_id, account_id
)
SELECT judged.rule, CAST(attempts.id AS text) AS key, 'call ' || attempts.id AS subject, judged.detail
FROM attempts
LEFT JOIN booked ON booked.attempt_id = attempts.id
CROSS JOIN LATERAL (VALUES
    ('settlement', CASE
        WHEN attempts.cost <> coalesce(booked.paid, 0)
            THEN format('it cost %s, the ledger has %s of it', attempts.cost, coalesce(booked.paid, 0))
        WHEN booked.charges > 1 OR booked.corrections > 1
            THEN format('it was charged %s times and corrected %s times', booked.charges, booked.corrections)
        WHEN booked.charges > 0 AND attempts.status <> 'completed' THEN format('it was charged, and is %s', attempts.status)
    END),
    ('tenant', CASE WHEN booked.account_id <> attempts.account_id THEN 'the ledger of another account has it' END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR attempts.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
  -- Nearly all are left out here, before each rule is asked.
  AND (attempts.cost <> coalesce(booked.paid, 0) OR booked.charges > 1 OR booked.corrections > 1
      OR booked.charges > 0 AND attempts.status <> 'completed' OR booked.account_id <> attempts.account_id)
UNION ALL
SELECT 'settlement', CAST(id AS text), 'ledger entry ' || id, format('it is a %s, and names %s', kind,
    CASE WHEN attempt_id IS NULL THEN 'no call' ELSE 'a call' END)
FROM ledger_entries
WHERE (CAST(:account AS uuid) IS NULL OR account_id = CAST(:account AS uuid))
  AND (attempt_id IS NULL) <> (kind = 'top_up')
