-- A campaign that nobody can take over: it is tried again later; after three times in a row it is paused with the reason. Its
-- announcement is over, so that another message about it counts no second time.
UPDATE campaigns
SET evictions = evictions + 1,
    announced_at = NULL,
    status = CASE WHEN evictions + 1 >= :poison THEN 'paused' ELSE status END,
    status_actor = CASE WHEN evictions + 1 >= :poison THEN :actor ELSE status_actor END,
    status_reason = CASE WHEN evictions + 1 >= :poison
        THEN 'No dialer could take this campaign over, three times in a row. Look into the dialers'' logs, then resume it.'
        ELSE status_reason END,
    next_due_at = CASE WHEN evictions + 1 >= :poison
        THEN NULL ELSE clock_timestamp() + make_interval(secs => :delay) END
WHERE id = :campaign AND owner IS NULL AND announced_at IS NOT NULL
RETURNING status
