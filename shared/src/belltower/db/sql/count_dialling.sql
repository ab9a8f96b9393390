-- Calls of a campaign whose requests may still reach the carrier.
SELECT count(*) FROM attempts WHERE campaign_id = :campaign AND status = 'dialling'
