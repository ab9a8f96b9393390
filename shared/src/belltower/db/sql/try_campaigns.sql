-- What a dialer tries by itself from now on. Should it be lost meanwhile, these did it and no others (evict.sql).
UPDATE dialers SET trials = CAST(:campaigns AS uuid[]) WHERE id = :dialer
