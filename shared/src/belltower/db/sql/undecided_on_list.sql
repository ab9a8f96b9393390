-- The unknown calls of a campaign that wait for a decision and whose contacts are on another campaign's list.
SELECT attempts.id
FROM attempts
JOIN contacts ON contacts.id = attempts.contact_id
JOIN contacts AS again ON again.campaign_id = :linked AND again.phone = contacts.phone
WHERE attempts.campaign_id = :campaign AND attempts.status = 'unknown' AND attempts.decided_at IS NULL
