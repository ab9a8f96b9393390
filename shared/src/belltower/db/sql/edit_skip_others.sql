-- The same for those who are not on a campaign's new list. What the guard reads of others is this transaction's own.
UPDATE contacts
SET status = 'skipped', next_attempt_at = NULL, reason = 'removed', window_zone = NULL
WHERE campaign_id = :campaign AND status = 'waiting'
  AND NOT EXISTS (SELECT FROM new_contacts WHERE new_contacts.phone = contacts.phone)
