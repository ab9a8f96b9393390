-- The same message that came to nothing again is the same dead letter, once more; what was recorded and not confirmed to the
-- broker in time comes again with a message id that is known. What had been decided waits for an operator anew, but for what
-- nobody has begun to send again.
INSERT INTO dead_letters AS known (
    id, fingerprint, reason, detail, message_ids, publisher, reported_by, published_at, body, size, campaign_ids
)
VALUES (
    :id, :fingerprint, :reason, :detail, CAST(:message_ids AS text[]), :publisher, :reported_by, :published_at, :body, :size,
    CAST(:campaign_ids AS uuid[])
)
ON CONFLICT (fingerprint) DO UPDATE
SET status = CASE WHEN known.status = 'replaying' AND known.sent_at IS NULL THEN 'replaying' ELSE 'waiting' END,
    sent_at = NULL,
    times = known.times + 1,
    message_ids = (excluded.message_ids || known.message_ids)[1:20],
    detail = excluded.detail,
    publisher = excluded.publisher,
    reported_by = excluded.reported_by,
    published_at = excluded.published_at,
    body = excluded.body,
    last_at = clock_timestamp()
WHERE NOT known.message_ids && excluded.message_ids
RETURNING times
