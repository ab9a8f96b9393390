-- Whether a dialer's heartbeat lapsed so many seconds ago, or is not even remembered.
SELECT NOT EXISTS (SELECT FROM dialers WHERE id = $1 AND lapses_at > clock_timestamp() - make_interval(secs => $2))
