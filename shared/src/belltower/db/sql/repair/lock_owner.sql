SELECT id FROM dialers WHERE id = (SELECT owner FROM campaigns WHERE id = CAST(:key AS uuid)) FOR UPDATE
