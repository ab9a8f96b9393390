-- Nothing is returned for a report that was recorded before.
INSERT INTO call_events (attempt_id, dedupe_key, occurred_at, source, status, effect, carrier_call_id, detail)
VALUES (:attempt, :dedupe_key, :occurred_at, :source, :status, :effect, :carrier_call_id, CAST(:detail AS jsonb))
ON CONFLICT (attempt_id, dedupe_key) DO NOTHING
RETURNING id
