-- The calls of an account, or of one of its campaigns, that have not rung yet, and what says in which zone they would.
SELECT attempts.id, attempts.phone, contacts.timezone, CAST(campaigns.calling_window AS text) AS calling_window,
    clock_timestamp() AS now
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
JOIN campaigns ON campaigns.id = attempts.campaign_id
WHERE attempts.account_id = :account AND attempts.status IN ('dialling', 'queued')
  AND (CAST(:campaign AS uuid) IS NULL OR attempts.campaign_id = CAST(:campaign AS uuid))
