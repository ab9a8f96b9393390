-- Work that arose while nobody owns the campaign: be announced no later than then. An owner finds it by itself.
UPDATE campaigns
SET next_due_at = greatest(CAST(:at AS timestamptz), clock_timestamp())
WHERE id = :campaign AND owner IS NULL AND next_due_at > CAST(:at AS timestamptz)
RETURNING extract(epoch FROM next_due_at - clock_timestamp())::float AS due_in
