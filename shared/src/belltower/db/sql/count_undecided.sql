-- How many unknown calls of all accounts wait for a decision, up to 10,000 of them, and for how many seconds the oldest has.
SELECT count(*) AS calls, coalesce(extract(epoch FROM clock_timestamp() - min(ended_at)), 0)::float AS oldest
FROM (SELECT ended_at FROM attempts WHERE status = 'unknown' AND decided_at IS NULL LIMIT 10000) AS undecided
