-- How many contacts are on the list of a campaign, without those who were taken off it.
SELECT count(*) FROM contacts WHERE campaign_id = :campaign AND (status <> 'skipped' OR reason IS DISTINCT FROM 'removed')
