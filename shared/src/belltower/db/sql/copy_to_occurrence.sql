-- The next contacts of a series, copied into a campaign of it; the last one's id and how many there were.
WITH piece AS MATERIALIZED (
    SELECT id, phone, name, fields, timezone
    FROM series_contacts
    WHERE series_id = :series AND id > :after
    ORDER BY id
    LIMIT :piece
),
copied AS (
    INSERT INTO contacts (campaign_id, phone, name, fields, timezone, next_attempt_at)
    SELECT :campaign, phone, name, fields, timezone, clock_timestamp() FROM piece ORDER BY id
)
SELECT coalesce(max(id), :after) AS last, count(*) AS number FROM piece
