-- Due at its scheduled time where it waits for that, else now: a dialer takes it over, and completes it where no work is left.
UPDATE campaigns
SET next_due_at = CASE status WHEN 'scheduled' THEN scheduled_time ELSE clock_timestamp() END, window_zone = NULL
WHERE id = CAST(:key AS uuid) AND status IN ('scheduled', 'pending', 'processing') AND deleted_at IS NULL
  AND next_due_at IS NULL
RETURNING id
