-- Fold what was appended for an account (its row is locked by the statement before) into its balance and its campaigns'
-- progress. A bounded batch: the caller goes on while there is more. (An array, because a planner who guesses the size of a
-- table that fills and empties all the time would rather read all of it than join.)
WITH taken AS (
    DELETE FROM unfolded
    WHERE id = ANY(ARRAY(SELECT id FROM unfolded WHERE account_id = :account ORDER BY id LIMIT :batch))
    RETURNING *
),
sums AS (
    SELECT campaign_id, count(*) AS changes, {sums} FROM taken WHERE campaign_id IS NOT NULL GROUP BY campaign_id
),
progressed AS (
    UPDATE campaign_progress
    SET {assignments},
        changes = campaign_progress.changes + sums.changes,
        account_id = :account,
        changed = pg_current_xact_id()
    FROM sums
    WHERE campaign_progress.campaign_id = sums.campaign_id
),
paid AS (
    UPDATE accounts SET balance = balance + (SELECT sum(amount) FROM taken)
    WHERE id = :account AND EXISTS (SELECT FROM taken WHERE amount <> 0)
)
SELECT count(*) FROM taken
