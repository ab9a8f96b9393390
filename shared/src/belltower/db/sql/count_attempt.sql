-- Count an attempt to sign in: one more, or the first of a new window.
INSERT INTO sign_in_attempts AS counted (bucket, attempts, began_at)
VALUES (:bucket, 1, clock_timestamp())
ON CONFLICT (bucket) DO UPDATE
SET (attempts, began_at) = (
    SELECT CASE WHEN is_over THEN 1 ELSE counted.attempts + 1 END,
           CASE WHEN is_over THEN excluded.began_at ELSE counted.began_at END
    FROM (SELECT counted.began_at <= excluded.began_at - make_interval(secs => :window) AS is_over) AS window_of_count
)
RETURNING attempts, extract(epoch FROM began_at + make_interval(secs => :window) - clock_timestamp()) AS seconds_left
