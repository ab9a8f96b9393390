-- Calls of an account whose requests may still reach the carrier.
SELECT count(*) FROM attempts WHERE account_id = :account AND status = 'dialling'
