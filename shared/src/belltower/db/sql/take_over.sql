-- Take due campaigns that nobody owns: all of them, or those that are suspected of ending dialers, or the others (:suspected).
-- The dialer's heartbeat is locked by the statement before; the rest is each row's own. One that was announced a moment ahead is
-- still scheduled: it passes `pending` here, and its history says so (a trigger writes it).
WITH free AS (
    SELECT id
    FROM campaigns
    WHERE id = ANY(CAST(:ids AS uuid[]))
      AND next_due_at <= clock_timestamp() AND owner IS NULL
      AND (CAST(:suspected AS boolean) IS NULL OR (evictions > 0) = :suspected)
    ORDER BY id
    FOR NO KEY UPDATE SKIP LOCKED
),
-- Read once, so that a first start is told by two equal instants.
moment AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE campaigns
SET owner = :dialer,
    epoch = epoch + 1,
    status = 'processing',
    status_actor = CASE status WHEN 'processing' THEN status_actor ELSE :actor END,
    announced_at = NULL,
    window_zone = NULL,
    taken_at = (SELECT now FROM moment),
    first_due_at = CASE WHEN started_at IS NULL THEN next_due_at ELSE first_due_at END,
    started_at = coalesce(started_at, (SELECT now FROM moment))
WHERE campaigns.id = ANY(ARRAY(SELECT id FROM free))
RETURNING
    campaigns.id, campaigns.account_id, campaigns.epoch, campaigns.welcome_message, campaigns.language, campaigns.voice,
    campaigns.caller_id, campaigns.concurrency, campaigns.calls_per_second, campaigns.answering_machine,
    campaigns.next_due_at, campaigns.expires_at,
    campaigns.taken_at, campaigns.started_at = campaigns.taken_at AS first_start,
    (SELECT stream_url FROM accounts WHERE accounts.id = campaigns.account_id) AS stream_url
