-- When the scheduler has to look again, by the database's clock.
SELECT
    clock_timestamp() AS now,
    (SELECT next_due_at FROM campaigns
     WHERE next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL
     ORDER BY next_due_at LIMIT 1) AS next_due_at,
    (SELECT announced_at FROM campaigns WHERE announced_at IS NOT NULL ORDER BY announced_at LIMIT 1) AS announced_at,
    (SELECT min(lapses_at) FROM dialers
     WHERE EXISTS (SELECT FROM campaigns WHERE campaigns.owner = dialers.id)) AS lapses_at,
    (SELECT next_due_at FROM series
     WHERE next_due_at IS NOT NULL AND ahead IS NOT NULL AND copied_to IS NULL
     ORDER BY next_due_at LIMIT 1) AS decision_at,
    (SELECT next_due_at FROM series
     WHERE next_due_at IS NOT NULL AND (ahead IS NULL OR copied_to IS NOT NULL)
     ORDER BY next_due_at LIMIT 1) AS unmade_since
