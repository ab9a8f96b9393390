-- A list that is to be put on a campaign's, in its order, for this transaction.
CREATE TEMPORARY TABLE new_contacts (
    position bigint GENERATED ALWAYS AS IDENTITY,
    phone text NOT NULL,
    name text,
    fields json,
    timezone text
) ON COMMIT DROP
