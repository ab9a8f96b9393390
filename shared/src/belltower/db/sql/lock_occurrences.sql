SELECT id FROM campaigns WHERE id = ANY(CAST(:campaigns AS uuid[])) ORDER BY id FOR NO KEY UPDATE
