-- What was decided about calls.
SELECT attempt_id, decision, actor, at FROM call_decisions WHERE attempt_id = ANY(CAST(:ids AS uuid[]))
