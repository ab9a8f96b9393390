SELECT id FROM campaigns WHERE id = CAST(:key AS uuid) FOR NO KEY UPDATE
