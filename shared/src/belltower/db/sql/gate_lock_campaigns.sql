-- The gate, second statement: these campaigns are still this dialer's and still run, and stay so until the gate commits.
SELECT campaigns.id
FROM campaigns
JOIN unnest(CAST(:ids AS uuid[]), CAST(:epochs AS int[])) AS mine (id, epoch)
  ON mine.id = campaigns.id AND mine.epoch = campaigns.epoch
WHERE campaigns.owner = :dialer AND campaigns.status = 'processing'
ORDER BY campaigns.id
FOR SHARE OF campaigns
