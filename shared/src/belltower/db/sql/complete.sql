-- Completed: the row is locked by the statement before, and no contact is open.
UPDATE campaigns
SET status = 'completed', status_actor = :actor, completed_at = clock_timestamp(),
    owner = NULL, epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE id = :campaign AND status = 'processing'
  AND NOT EXISTS (
      SELECT FROM contacts WHERE contacts.campaign_id = :campaign AND contacts.status IN ('waiting', 'calling')
  )
RETURNING id
