-- Campaigns that nobody has, whose next instant is later than their work: somebody who waited longer than five minutes, or
-- nobody left. (When a process dies between an outcome and what follows it, a call's own check brings the campaign back; that
-- may be as late as the call could have lasted.)
SELECT
    'late' AS rule, CAST(campaigns.id AS text) AS key, 'campaign ' || campaigns.id AS subject,
    CASE
        WHEN first.at IS NOT NULL THEN format('a contact waits since %s, and it is due at %s', first.at, campaigns.next_due_at)
        ELSE format('every contact is final, and it is due at %s', campaigns.next_due_at)
    END AS detail
FROM campaigns
LEFT JOIN LATERAL (
    SELECT next_attempt_at AS at
    FROM contacts
    WHERE contacts.campaign_id = campaigns.id AND contacts.status = 'waiting'
    ORDER BY next_attempt_at
    LIMIT 1
) AS first ON true
WHERE campaigns.status IN ('pending', 'processing') AND campaigns.deleted_at IS NULL
  AND campaigns.owner IS NULL AND campaigns.announced_at IS NULL
  AND campaigns.next_due_at > now() + interval '1 minute'
  AND (CAST(:account AS uuid) IS NULL OR campaigns.account_id = CAST(:account AS uuid))
  AND (
      first.at < now() - interval '5 minutes'
      OR NOT EXISTS (
          SELECT FROM contacts WHERE contacts.campaign_id = campaigns.id AND contacts.status IN ('waiting', 'calling')
      ) AND coalesce(
          (SELECT max(ended_at) FROM attempts WHERE attempts.campaign_id = campaigns.id AND ended_at IS NOT NULL),
          campaigns.taken_at, campaigns.created_at
      ) < now() - interval '5 minutes'
  )
