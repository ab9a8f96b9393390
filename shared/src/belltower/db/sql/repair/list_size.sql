-- Its list changes only while its row is locked, as it is by the statement before.
UPDATE campaigns
SET contacts = (SELECT count(*) FROM contacts WHERE contacts.campaign_id = campaigns.id)
WHERE id = CAST(:key AS uuid) AND contacts <> (SELECT count(*) FROM contacts WHERE contacts.campaign_id = campaigns.id)
RETURNING id
