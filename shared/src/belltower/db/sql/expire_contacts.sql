-- Some of those who still wait when their campaign's time is over. The campaign is locked by the statement before.
WITH over AS (
    SELECT id
    FROM contacts
    WHERE campaign_id = :campaign AND status = 'waiting'
    ORDER BY next_attempt_at, id
    LIMIT :batch
    FOR NO KEY UPDATE
),
moved AS (
    UPDATE contacts
    SET status = 'expired', next_attempt_at = NULL, window_zone = NULL, reason = :reason
    WHERE contacts.id = ANY(ARRAY(SELECT id FROM over))
    RETURNING id
),
progress AS (
    INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_expired)
    SELECT :account, :campaign, -count(*), count(*)
    FROM moved
    HAVING count(*) > 0
)
SELECT count(*) FROM moved
