-- It is over, or waits for a person: nobody has it, and nobody will be told of it.
UPDATE campaigns
SET next_due_at = NULL, announced_at = NULL, owner = NULL, epoch = epoch + 1
WHERE id = CAST(:key AS uuid)
  AND (status NOT IN ('scheduled', 'pending', 'processing') OR deleted_at IS NOT NULL)
  AND (next_due_at IS NOT NULL OR announced_at IS NOT NULL OR owner IS NOT NULL)
RETURNING id
