-- All were recalled. The campaign is locked by a statement before.
UPDATE campaigns
SET hours_changed_at = NULL
WHERE id = :campaign AND owner = :dialer AND epoch = :epoch
