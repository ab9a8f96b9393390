-- The contacts of a campaign that was withdrawn, if it was: it has no series any more.
DELETE FROM contacts
WHERE campaign_id = :campaign
  AND EXISTS (
      SELECT FROM campaigns
      WHERE campaigns.id = :campaign AND status = 'scheduled' AND series_id IS NULL AND deleted_at IS NOT NULL
  )
