-- Contacts outside their calling window wait until it opens; those for whom it never opens are skipped.
WITH refused AS (
    SELECT *
    FROM unnest(CAST(:contacts AS bigint[]), CAST(:opens_at AS timestamptz[]), CAST(:reasons AS text[]), CAST(:zones AS text[]))
         AS refused (contact_id, opens_at, reason, zone)
),
moved AS (
    UPDATE contacts
    SET status = CASE WHEN refused.opens_at IS NULL THEN 'skipped' ELSE 'waiting' END,
        next_attempt_at = refused.opens_at,
        reason = refused.reason,
        window_zone = refused.zone
    FROM refused
    WHERE contacts.id = refused.contact_id AND contacts.status = 'waiting'
    RETURNING contacts.campaign_id, contacts.status
)
INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_skipped)
SELECT :account, campaign_id, -count(*), count(*)
FROM moved
WHERE status = 'skipped'
GROUP BY campaign_id
