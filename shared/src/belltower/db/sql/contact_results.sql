-- What became of a campaign's contacts, a page by their numbers: the contact, and its calls summed up.
SELECT
    page.phone, page.name, page.timezone, page.fields, page.status, page.reason, page.attempts, calls.calls, calls.last_status, calls.last_answered_by,
    calls.last_called_at, calls.duration, calls.cost
FROM (
    SELECT id, phone, name, timezone, fields, status, reason, attempts
    FROM contacts
    WHERE campaign_id = :campaign AND phone > :after
    ORDER BY phone
    LIMIT :limit
) AS page
CROSS JOIN LATERAL (
    SELECT
        count(*)::int AS calls,
        (array_agg(attempts.status ORDER BY number DESC))[1] AS last_status,
        (array_agg(attempts.answered_by ORDER BY number DESC))[1] AS last_answered_by,
        max(gated_at) AS last_called_at,
        coalesce(sum(attempts.duration), 0)::int AS duration,
        coalesce(sum(cost), 0) AS cost
    FROM attempts
    WHERE attempts.contact_id = page.id AND attempts.status <> 'not_placed'
) AS calls
ORDER BY page.phone
