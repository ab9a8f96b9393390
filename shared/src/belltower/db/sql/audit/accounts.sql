-- Money of accounts: what is folded and what is not yet, against the ledger and what calls hold.
WITH sums AS (
    SELECT
        accounts.id,
        accounts.balance + coalesce(appended.amount, 0) AS balance,
        coalesce(ledger.amount, 0) AS ledger,
        coalesce(calls.hold, 0) AS held
    FROM accounts
    LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM unfolded GROUP BY account_id) AS appended
        ON appended.account_id = accounts.id
    LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM ledger_entries GROUP BY account_id) AS ledger
        ON ledger.account_id = accounts.id
    LEFT JOIN (SELECT account_id, sum(hold) AS hold FROM attempts WHERE hold > 0 GROUP BY account_id) AS calls
        ON calls.account_id = accounts.id
    WHERE CAST(:account AS uuid) IS NULL OR accounts.id = CAST(:account AS uuid)
)
SELECT judged.rule, CAST(sums.id AS text) AS key, 'account ' || sums.id AS subject, judged.detail
FROM sums
CROSS JOIN LATERAL (VALUES
    ('balance', CASE WHEN balance <> ledger THEN format('its balance is %s, its ledger sums to %s', balance, ledger) END),
    ('overdrawn', CASE WHEN balance < 0 OR held > balance THEN format('its balance is %s, and calls hold %s', balance, held) END)
) AS judged (rule, detail)
WHERE judged.detail IS NOT NULL
