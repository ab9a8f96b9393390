-- Work that arose while nobody owns the campaign: be announced no later than then. An owner finds it by itself. What the
-- guard reads is the locked row: a release that had looked before the work was there has committed, and its row is seen. Work
-- that lies beyond the campaign's expiry ends at it.
WITH locked AS (
    SELECT id, owner, next_due_at, least(CAST(:at AS timestamptz), expires_at) AS at
    FROM campaigns
    WHERE id = :campaign
    FOR NO KEY UPDATE
)
UPDATE campaigns
SET next_due_at = greatest(locked.at, clock_timestamp()), window_zone = NULL
FROM locked
WHERE campaigns.id = locked.id AND locked.owner IS NULL AND locked.next_due_at > locked.at
RETURNING extract(epoch FROM campaigns.next_due_at - clock_timestamp())::float AS due_in
