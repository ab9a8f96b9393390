-- What a dialer needs to run campaigns that it owns and whose takeover its memory lost (a commit whose answer was cut off).
SELECT
    campaigns.id, campaigns.account_id, campaigns.epoch, campaigns.welcome_message, campaigns.language, campaigns.voice,
    campaigns.caller_id, campaigns.concurrency, campaigns.calls_per_second, campaigns.answering_machine,
    campaigns.next_due_at, campaigns.expires_at,
    campaigns.taken_at, false AS first_start,
    (SELECT stream_url FROM accounts WHERE accounts.id = campaigns.account_id) AS stream_url
FROM campaigns
WHERE id = ANY(CAST(:ids AS uuid[])) AND owner = :dialer
