UPDATE contacts
SET status = :status, next_attempt_at = CAST(:next_attempt_at AS timestamptz), reason = :reason, attempts = :attempts
WHERE id = :contact
