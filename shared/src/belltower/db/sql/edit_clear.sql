-- Contacts of a locked campaign who were never called are off its list. (Whether they were cannot change: the gate locks the
-- campaign, too. What they are otherwise is their own row's to say.)
DELETE FROM contacts
WHERE campaign_id = :campaign AND status = 'waiting'
  AND NOT EXISTS (
      SELECT FROM attempts WHERE attempts.campaign_id = :campaign AND attempts.contact_id = contacts.id
  )
