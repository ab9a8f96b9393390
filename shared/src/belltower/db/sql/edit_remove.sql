-- Contacts that are locked and were never called are off the list.
DELETE FROM contacts WHERE id = ANY(CAST(:ids AS bigint[]))
