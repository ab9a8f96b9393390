-- The broker did not confirm these in time: they are due again at once.
UPDATE campaigns
SET announced_at = NULL
WHERE id = ANY(CAST(:ids AS uuid[])) AND announced_at IS NOT NULL
