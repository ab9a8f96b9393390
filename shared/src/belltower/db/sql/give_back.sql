-- A campaign whose processing failed unexpectedly is given back to be tried again later; after three times without a call
-- in between it is paused with the reason.
UPDATE campaigns
SET owner = NULL,
    epoch = epoch + 1,
    evictions = evictions + 1,
    status = CASE WHEN evictions + 1 >= :poison THEN 'paused' ELSE status END,
    status_actor = CASE WHEN evictions + 1 >= :poison THEN :actor ELSE status_actor END,
    status_reason = CASE WHEN evictions + 1 >= :poison
        THEN 'This campaign failed three times for an unexpected reason. Look into the dialers'' logs, then resume it.'
        ELSE status_reason END,
    next_due_at = CASE WHEN evictions + 1 >= :poison THEN NULL ELSE clock_timestamp() + make_interval(secs => :delay) END
WHERE id = :campaign AND owner = :dialer AND epoch = :epoch
RETURNING status
