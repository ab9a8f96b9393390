SELECT id FROM attempts WHERE carrier_call_id = :carrier_call_id
