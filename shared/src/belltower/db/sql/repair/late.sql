-- Due now. Whoever has it by now finds its work by itself.
UPDATE campaigns SET next_due_at = clock_timestamp(), window_zone = NULL
WHERE id = CAST(:key AS uuid) AND status IN ('pending', 'processing') AND owner IS NULL AND announced_at IS NULL
  AND deleted_at IS NULL AND next_due_at > clock_timestamp()
RETURNING id
