-- As a stop does it.
UPDATE attempts
SET called_off = true, check_at = CASE status WHEN 'queued' THEN clock_timestamp() ELSE check_at END
WHERE id = CAST(:key AS uuid) AND status IN ('dialling', 'queued') AND NOT called_off
RETURNING campaign_id AS id
