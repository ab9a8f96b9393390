-- The call moves forward; it is locked. A report binds the carrier's name for the call only where none is bound.
UPDATE attempts
SET status = :status,
    carrier_call_id = coalesce(carrier_call_id, :carrier_call_id),
    ringing_at = coalesce(ringing_at, CAST(:ringing_at AS timestamptz)),
    answered_at = coalesce(answered_at, CAST(:answered_at AS timestamptz)),
    ended_at = CAST(:ended_at AS timestamptz),
    duration = coalesce(:duration, duration),
    answered_by = coalesce(:answered_by, answered_by),
    error_code = coalesce(:error_code, error_code),
    reason = coalesce(:reason, reason),
    hold = CAST(:hold AS numeric),
    cost = CAST(:cost AS numeric),
    check_at = CAST(:check_at AS timestamptz)
WHERE id = :attempt
