-- How many of these numbers an account must not call.
SELECT count(*)
FROM do_not_call
WHERE account_id = :account AND phone = ANY (CAST(:phones AS text[]))
