-- The gate, second statement: these campaigns are still this dialer's and still run, and stay so until the gate commits.
SELECT
    campaigns.id, CAST(campaigns.calling_window AS text) AS calling_window, campaigns.expires_at,
    campaigns.hours_changed_at IS NOT NULL AS hours_changed
FROM campaigns
JOIN unnest(CAST(:ids AS uuid[]), CAST(:epochs AS int[])) AS mine (id, epoch)
  ON mine.id = campaigns.id AND mine.epoch = campaigns.epoch
WHERE campaigns.owner = :dialer AND campaigns.status = 'processing'
ORDER BY campaigns.id
FOR SHARE OF campaigns
