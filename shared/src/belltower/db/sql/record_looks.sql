-- Keep what was seen of calls that could not be accounted for, for whoever has to decide about them. A look like the one
-- before it is counted there, and so is every one after the first :most of a call, as the latest: what is kept is bounded.
-- One reconciler looks after a call at a time.
WITH looks AS (
    SELECT attempt_id, asked, result, CAST(answer AS jsonb) AS answer, twins, error
    FROM unnest(
        CAST(:attempts AS uuid[]), CAST(:asked AS text[]), CAST(:results AS text[]), CAST(:answers AS text[]),
        CAST(:twins AS int[]), CAST(:errors AS text[])
    ) AS looks (attempt_id, asked, result, answer, twins, error)
),
latest AS (
    SELECT
        looks.attempt_id, last.id,
        (SELECT count(*) FROM call_looks WHERE call_looks.attempt_id = looks.attempt_id) AS kept
    FROM looks
    CROSS JOIN LATERAL (
        SELECT id FROM call_looks WHERE call_looks.attempt_id = looks.attempt_id ORDER BY id DESC LIMIT 1
    ) AS last
),
counted AS (
    UPDATE call_looks
    SET last_at = clock_timestamp(), times = times + 1, asked = looks.asked, result = looks.result,
        answer = looks.answer, twins = looks.twins, error = looks.error
    FROM looks
    JOIN latest ON latest.attempt_id = looks.attempt_id
    WHERE call_looks.id = latest.id AND (
        latest.kept >= :most OR (call_looks.asked, call_looks.result, call_looks.answer, call_looks.twins, call_looks.error)
            IS NOT DISTINCT FROM (looks.asked, looks.result, looks.answer, looks.twins, looks.error)
    )
    RETURNING call_looks.attempt_id
)
INSERT INTO call_looks (attempt_id, asked, result, answer, twins, error)
SELECT attempt_id, asked, result, answer, twins, error
FROM looks
WHERE attempt_id <> ALL (ARRAY(SELECT attempt_id FROM counted))
