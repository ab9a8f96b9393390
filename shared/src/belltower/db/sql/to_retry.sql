-- Contacts of a campaign with some statuses, in the order of its list, without those that a retry of it has on its own list.
SELECT contacts.phone, contacts.name, CAST(contacts.fields AS text) AS fields, contacts.timezone
FROM contacts
WHERE contacts.campaign_id = :campaign AND contacts.status = ANY (CAST(:statuses AS text[]))
  AND NOT EXISTS (
      SELECT FROM campaigns AS retries
      JOIN contacts AS retried ON retried.campaign_id = retries.id AND retried.phone = contacts.phone
      WHERE retries.retry_of = :campaign AND retries.deleted_at IS NULL
  )
ORDER BY contacts.id
