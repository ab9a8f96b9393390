-- How many attempts with this To and From nobody has bound to a call of the carrier; more than one cannot be told apart.
-- Of all accounts: they share the carrier.
SELECT count(*) FROM attempts
WHERE phone = :phone AND caller_id = :caller_id AND carrier_call_id IS NULL AND status IN ('dialling', 'unknown')
