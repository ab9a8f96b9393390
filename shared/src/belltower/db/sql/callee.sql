-- Who is called in a call: by our id of it, else by the carrier's.
SELECT attempts.id AS call_id, attempts.account_id, attempts.phone, campaigns.language, campaigns.voice
FROM attempts
JOIN campaigns ON campaigns.id = attempts.campaign_id
WHERE attempts.id = coalesce(
    CAST(:attempt AS uuid), (SELECT id FROM attempts WHERE carrier_call_id = :carrier_call_id)
)
