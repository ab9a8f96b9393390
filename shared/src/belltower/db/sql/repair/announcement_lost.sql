-- Announced and not taken: it is due again at once.
UPDATE campaigns SET announced_at = NULL
WHERE id = CAST(:key AS uuid)
  AND (announced_at < clock_timestamp() - interval '15 minutes' OR announced_at > clock_timestamp() + interval '1 minute')
RETURNING id
