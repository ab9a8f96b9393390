-- Which of these calls at the carrier are some attempt's already.
SELECT carrier_call_id FROM attempts WHERE carrier_call_id = ANY(CAST(:carrier_call_ids AS text[]))
