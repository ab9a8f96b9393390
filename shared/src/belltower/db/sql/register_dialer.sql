INSERT INTO dialers (name, lapses_at)
VALUES ($1, clock_timestamp() + make_interval(secs => $2))
RETURNING id
