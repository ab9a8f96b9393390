-- What the contacts of a campaign need beside calls, if this dialer owns it: it stays as it is until the transaction ends.
SELECT hours_changed_at, coalesce(expires_at <= clock_timestamp(), false) AS has_expired, clock_timestamp() AS now
FROM campaigns
WHERE id = :campaign AND owner = :dialer AND epoch = :epoch
FOR NO KEY UPDATE
