-- A campaign whose processing failed unexpectedly is given back to be tried again later; after three times without a call that
-- was placed in between it is paused with the reason.
WITH failing AS (
    SELECT
        campaigns.id,
        CASE
            WHEN EXISTS (
                SELECT FROM attempts
                WHERE attempts.campaign_id = campaigns.id AND attempts.dialer = campaigns.owner
                  AND attempts.gated_at >= campaigns.taken_at AND attempts.carrier_call_id IS NOT NULL
            ) THEN 0
            ELSE campaigns.evictions + 1
        END AS evictions
    FROM campaigns
    WHERE id = :campaign AND owner = :dialer AND epoch = :epoch
    FOR NO KEY UPDATE OF campaigns
)
UPDATE campaigns
SET owner = NULL,
    epoch = epoch + 1,
    evictions = failing.evictions,
    status = CASE WHEN failing.evictions >= :poison THEN 'paused' ELSE status END,
    status_actor = CASE WHEN failing.evictions >= :poison THEN :actor ELSE status_actor END,
    status_reason = CASE WHEN failing.evictions >= :poison
        THEN 'This campaign failed three times for an unexpected reason. Look into the dialers'' logs, then resume it.'
        ELSE status_reason END,
    next_due_at = CASE WHEN failing.evictions >= :poison
        THEN NULL ELSE clock_timestamp() + make_interval(secs => :delay) END
FROM failing
WHERE campaigns.id = failing.id
RETURNING campaigns.status
