-- Completed: the row is locked by the statement before, and no contact is open. (The last call of a campaign may end after
-- it was paused, and before a dialer took it over again.)
UPDATE campaigns
SET status = 'completed', status_actor = :actor, completed_at = clock_timestamp(),
    owner = NULL, epoch = epoch + 1, announced_at = NULL, next_due_at = NULL
WHERE id = :campaign AND status = ANY(CAST(:sources AS text[]))
  AND NOT EXISTS (
      SELECT FROM contacts WHERE contacts.campaign_id = :campaign AND contacts.status IN ('waiting', 'calling')
  )
RETURNING id
