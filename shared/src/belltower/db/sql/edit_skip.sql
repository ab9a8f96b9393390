-- Contacts that are locked, were called and wait for another call are off the list: they have none. Their calls stay.
UPDATE contacts SET status = 'skipped', next_attempt_at = NULL, reason = 'removed', window_zone = NULL WHERE id = ANY(CAST(:ids AS bigint[]))
