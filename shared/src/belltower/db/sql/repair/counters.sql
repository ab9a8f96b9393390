-- Append what is missing, as gates and outcomes do: one statement sees contacts, calls and what is counted of them at one
-- moment, so that nothing needs to be locked against calls that go on. (Of two repairs at once the later one sees the other's:
-- the campaign is locked by the statement before.)
WITH folded AS (
    SELECT {folded}
    FROM (SELECT) AS always
    LEFT JOIN campaign_progress ON campaign_progress.campaign_id = CAST(:key AS uuid)
),
appended AS (SELECT {sums} FROM unfolded WHERE campaign_id = CAST(:key AS uuid)),
listed AS (SELECT {contacts} FROM contacts WHERE campaign_id = CAST(:key AS uuid)),
called AS (
    SELECT {calls} FROM attempts
    WHERE campaign_id = CAST(:key AS uuid) AND status NOT IN ('dialling', 'queued', 'ringing', 'in_progress')
),
missing AS (SELECT {missing} FROM folded, appended, listed, called)
INSERT INTO unfolded (account_id, campaign_id, {names})
SELECT campaigns.account_id, campaigns.id, {names}
FROM campaigns, missing
WHERE campaigns.id = CAST(:key AS uuid) AND ({differs})
RETURNING campaign_id AS id
