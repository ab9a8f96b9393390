-- The call has ended and its price is booked: what it held is free.
UPDATE attempts SET hold = 0
WHERE id = CAST(:key AS uuid) AND hold > 0
  AND status IN ('completed', 'busy', 'no_answer', 'failed', 'cancelled', 'not_placed')
RETURNING campaign_id AS id
