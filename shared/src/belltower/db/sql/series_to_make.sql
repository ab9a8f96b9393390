SELECT *, clock_timestamp() AS now FROM series WHERE id = :series
