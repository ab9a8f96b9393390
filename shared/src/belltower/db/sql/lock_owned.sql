-- The release, first statement: the campaigns that are still this dialer's.
SELECT campaigns.id
FROM campaigns
JOIN unnest(CAST(:ids AS uuid[]), CAST(:epochs AS int[])) AS mine (id, epoch)
  ON mine.id = campaigns.id AND mine.epoch = campaigns.epoch
WHERE campaigns.owner = :dialer
ORDER BY campaigns.id
FOR NO KEY UPDATE OF campaigns
