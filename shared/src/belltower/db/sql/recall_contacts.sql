-- Some of those who wait for a window that was changed may be looked at by the gate now (:now), the first after a place in the
-- order of their waiting. The campaign is locked by the statement before.
WITH postponed AS (
    SELECT id, next_attempt_at
    FROM contacts
    WHERE campaign_id = :campaign AND status = 'waiting' AND window_zone IS NOT NULL
      AND (next_attempt_at, id) > (CAST(:after_at AS timestamptz), CAST(:after_id AS bigint))
    ORDER BY next_attempt_at, id
    LIMIT :batch
    FOR NO KEY UPDATE
),
moved AS (
    UPDATE contacts
    SET next_attempt_at = CAST(:now AS timestamptz), window_zone = NULL, reason = NULL
    WHERE contacts.id = ANY(ARRAY(SELECT id FROM postponed))
)
SELECT next_attempt_at, id FROM postponed ORDER BY next_attempt_at DESC, id DESC LIMIT 1
