DELETE FROM series_contacts WHERE series_id = :series
