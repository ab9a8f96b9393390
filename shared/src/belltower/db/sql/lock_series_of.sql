SELECT id FROM series WHERE id = (SELECT series_id FROM campaigns WHERE id = :campaign) FOR NO KEY UPDATE
