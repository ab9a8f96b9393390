-- Our request ended without an answer that says whether the call was placed: the reconciler asks the carrier, unless a
-- callback has said so meanwhile.
UPDATE attempts
SET request_ended_at = clock_timestamp(),
    request_result = :reason,
    reason = CASE status WHEN 'dialling' THEN :reason ELSE reason END,
    check_at = CASE status WHEN 'dialling' THEN clock_timestamp() + interval '2 seconds' ELSE check_at END
WHERE id = :attempt
