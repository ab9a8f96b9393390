-- Keep a decision about calls that are locked, and free what they hold. Of those that somebody else decided about, or that are
-- not unknown any more, nothing is changed. What is appended counts as a change of their campaigns, so that whoever watches is told.
WITH undecided AS (
    SELECT id, account_id, campaign_id, hold
    FROM attempts
    WHERE id = ANY(CAST(:ids AS uuid[])) AND status = 'unknown' AND decided_at IS NULL
),
decided AS (
    UPDATE attempts
    SET decided_at = clock_timestamp(), hold = 0
    FROM undecided
    WHERE attempts.id = undecided.id
),
told AS (
    INSERT INTO unfolded (account_id, campaign_id) SELECT DISTINCT account_id, campaign_id FROM undecided
)
INSERT INTO call_decisions (attempt_id, account_id, campaign_id, decision, actor, note, freed, redialled_in)
SELECT
    id, account_id, campaign_id, :decision, :actor, CAST(:note AS text), hold, CAST(:redialled_in AS uuid)
FROM undecided
RETURNING attempt_id
