UPDATE campaigns SET next_due_at = scheduled_time
WHERE id = CAST(:key AS uuid) AND status = 'scheduled' AND deleted_at IS NULL AND next_due_at <> scheduled_time
RETURNING id
