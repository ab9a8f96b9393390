SELECT status FROM campaigns WHERE id = :campaign FOR NO KEY UPDATE
