-- A dialer that leaves in good order has released what it owned; one that had to leave something lapses at once.
UPDATE dialers SET lapses_at = clock_timestamp() WHERE id = $1
