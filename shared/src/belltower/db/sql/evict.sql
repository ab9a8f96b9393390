-- Take the campaigns of dead dialers away; the dialers' rows are locked by the statement before. A campaign that loses
-- its owner three times in a row without one call that was placed is poison: it is paused with the reason. Whatever runs beside
-- it loses its owner as well: so a campaign that lost one is tried again by itself, and when a dialer is lost while it tries
-- some, only these are suspected further. One that somebody has locked comes next time: what is due does not wait for it.
WITH lost AS (
    SELECT
        campaigns.id,
        CASE
            WHEN EXISTS (
                SELECT FROM attempts
                WHERE attempts.campaign_id = campaigns.id AND attempts.dialer = campaigns.owner
                  AND attempts.gated_at >= campaigns.taken_at AND attempts.carrier_call_id IS NOT NULL
            ) THEN 0
            WHEN cardinality(dialers.trials) > 0 AND campaigns.id <> ALL(dialers.trials) THEN campaigns.evictions
            ELSE campaigns.evictions + 1
        END AS evictions
    FROM campaigns
    JOIN dialers ON dialers.id = campaigns.owner
    WHERE owner = ANY(CAST(:dialers AS bigint[]))
    ORDER BY campaigns.id
    FOR NO KEY UPDATE OF campaigns SKIP LOCKED
)
UPDATE campaigns
SET owner = NULL,
    epoch = epoch + 1,
    evictions = lost.evictions,
    status = CASE WHEN lost.evictions >= :poison THEN 'paused' ELSE status END,
    status_actor = CASE WHEN lost.evictions >= :poison THEN 'scheduler' ELSE status_actor END,
    status_reason = CASE WHEN lost.evictions >= :poison
        THEN 'Three dialers in a row were lost while they started this campaign. Look into their logs, then resume it.'
        ELSE status_reason END,
    next_due_at = CASE WHEN lost.evictions >= :poison THEN NULL ELSE least(next_due_at, now()) END
FROM lost
WHERE campaigns.id = lost.id
RETURNING campaigns.id, campaigns.status
