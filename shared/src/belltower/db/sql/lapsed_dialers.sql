-- Dialers that stopped renewing their heartbeat and own campaigns still; locked, so that none renews or takes over while
-- its campaigns are taken away.
SELECT id, name
FROM dialers
WHERE lapses_at <= clock_timestamp() AND EXISTS (SELECT FROM campaigns WHERE campaigns.owner = dialers.id)
ORDER BY id
LIMIT 100
FOR UPDATE SKIP LOCKED
