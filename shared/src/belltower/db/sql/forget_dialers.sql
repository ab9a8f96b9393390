-- Long dead, owning nothing, with no request whose end anybody could still wait for.
DELETE FROM dialers
WHERE lapses_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM campaigns WHERE campaigns.owner = dialers.id)
