-- What was appended and not folded yet belongs to an account, and to a campaign of it.
SELECT
    'appended' AS rule, CAST(unfolded.id AS text) AS key, 'unfolded change ' || unfolded.id AS subject,
    CASE
        WHEN accounts.id IS NULL THEN 'its account does not exist'
        WHEN campaigns.id IS NULL THEN 'its campaign does not exist'
        ELSE 'its campaign is of another account'
    END AS detail
FROM unfolded
LEFT JOIN accounts ON accounts.id = unfolded.account_id
LEFT JOIN campaigns ON campaigns.id = unfolded.campaign_id
WHERE (CAST(:account AS uuid) IS NULL OR unfolded.account_id = CAST(:account AS uuid))
  AND (accounts.id IS NULL OR unfolded.campaign_id IS NOT NULL AND campaigns.account_id IS DISTINCT FROM unfolded.account_id)
