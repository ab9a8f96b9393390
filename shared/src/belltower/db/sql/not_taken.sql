-- What became of announced campaigns that a takeover did not get: those that nobody owns are tried again.
SELECT id, greatest(extract(epoch FROM next_due_at - clock_timestamp()), 0)::float AS due_in, evictions
FROM campaigns
WHERE id = ANY(CAST(:ids AS uuid[])) AND owner IS NULL AND next_due_at IS NOT NULL
