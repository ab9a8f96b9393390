-- An eviction, as the scheduler's sweep does it. The dialer's row, if there is one, is locked by the statement before.
UPDATE campaigns
SET owner = NULL, epoch = epoch + 1, next_due_at = least(next_due_at, clock_timestamp())
WHERE id = CAST(:key AS uuid) AND owner IS NOT NULL AND status = 'processing'
  AND NOT EXISTS (
      SELECT FROM dialers WHERE dialers.id = campaigns.owner AND dialers.lapses_at > clock_timestamp() - interval '1 minute'
  )
RETURNING id
