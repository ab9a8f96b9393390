-- Whether a contact of the campaign is not final yet.
SELECT EXISTS (
    SELECT FROM contacts WHERE campaign_id = :campaign AND status IN ('waiting', 'calling')
) AS is_open
