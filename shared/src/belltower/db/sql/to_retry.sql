-- Contacts of a campaign with some statuses, in the order of its list, without those that a retry of it has on its own list.
-- Whose call is unknown, and was decided about, is not rung again by a retry, and whoever was redialled never is.
WITH decided AS MATERIALIZED (
    SELECT attempts.contact_id, call_decisions.decision
    FROM call_decisions
    JOIN attempts ON attempts.id = call_decisions.attempt_id
    WHERE call_decisions.campaign_id = :campaign
)
SELECT contacts.phone, contacts.name, CAST(contacts.fields AS text) AS fields, contacts.timezone
FROM contacts
WHERE contacts.campaign_id = :campaign AND contacts.status = ANY (CAST(:statuses AS text[]))
  AND NOT EXISTS (
      SELECT FROM campaigns AS retries
      JOIN contacts AS retried ON retried.campaign_id = retries.id AND retried.phone = contacts.phone
      WHERE retries.retry_of = :campaign AND retries.deleted_at IS NULL
  )
  AND contacts.id NOT IN (SELECT contact_id FROM decided WHERE decision = 'redial')
  AND (contacts.status <> 'unknown' OR contacts.id NOT IN (SELECT contact_id FROM decided))
ORDER BY contacts.id
