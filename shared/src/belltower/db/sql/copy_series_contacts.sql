-- A series that goes on for another has the same list.
WITH copied AS (
    INSERT INTO series_contacts (series_id, phone, name, fields, timezone)
    SELECT :to, phone, name, fields, timezone FROM series_contacts WHERE series_id = :from ORDER BY id
)
UPDATE series
SET contacts = former.contacts, contact_fields = former.contact_fields
FROM series AS former
WHERE series.id = :to AND former.id = :from
