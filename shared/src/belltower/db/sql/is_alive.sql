-- This dialer's heartbeat, kept unlapsed until the takeover has committed.
SELECT id FROM dialers WHERE id = :dialer AND lapses_at > clock_timestamp() FOR KEY SHARE
