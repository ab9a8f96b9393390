-- Renew the heartbeat and read what this dialer owns: what its memory lacks it adopts, what it lost it drops.
WITH renewed AS (
    UPDATE dialers
    SET lapses_at = clock_timestamp() + make_interval(secs => $2)
    WHERE id = $1
    RETURNING id
)
SELECT renewed.id, owned.campaign_id, owned.epoch
FROM renewed
LEFT JOIN (SELECT campaigns.id AS campaign_id, campaigns.epoch FROM campaigns WHERE owner = $1) AS owned ON true
