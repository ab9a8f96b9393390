-- Campaigns, each by its own row. An eviction takes a sweep, an announcement that got lost ten minutes while others wait.
SELECT judged.rule, CAST(campaigns.id AS text) AS key, 'campaign ' || campaigns.id AS subject, judged.detail
FROM campaigns
LEFT JOIN dialers ON dialers.id = campaigns.owner
LEFT JOIN series ON series.id = campaigns.series_id
LEFT JOIN campaigns AS source ON source.id = campaigns.retry_of
CROSS JOIN LATERAL (
    SELECT campaigns.status IN ('scheduled', 'pending', 'processing') AND campaigns.deleted_at IS NULL AS is_runnable
) AS state
CROSS JOIN LATERAL (VALUES
    ('forgotten', CASE WHEN is_runnable AND campaigns.next_due_at IS NULL
        THEN format('it is %s, and due at no time', campaigns.status) END),
    ('due_after_end', CASE
        WHEN NOT is_runnable AND (campaigns.next_due_at IS NOT NULL OR campaigns.owner IS NOT NULL OR campaigns.announced_at IS NOT NULL)
            THEN format('it is %s%s, and %s', campaigns.status, CASE WHEN campaigns.deleted_at IS NOT NULL THEN ' and deleted' END,
                CASE WHEN campaigns.owner IS NOT NULL THEN 'has an owner' WHEN campaigns.announced_at IS NOT NULL THEN 'announced'
                ELSE 'due' END)
    END),
    ('owner_gone', CASE
        WHEN campaigns.owner IS NOT NULL AND dialers.id IS NULL THEN format('its owner, dialer %s, does not exist', campaigns.owner)
        WHEN dialers.lapses_at < now() - interval '1 minute'
            THEN format('its owner, dialer %s, has not renewed its heartbeat since %s', campaigns.owner, dialers.lapses_at)
    END),
    ('ownership', CASE WHEN campaigns.owner IS NOT NULL
            AND (campaigns.epoch < 1 OR campaigns.taken_at IS NULL OR campaigns.status <> 'processing')
            OR campaigns.status = 'processing' AND campaigns.started_at IS NULL
            OR campaigns.owner IS NOT NULL AND campaigns.announced_at IS NOT NULL
        THEN format('it is %s, of owner %s, in epoch %s, taken at %s', campaigns.status, coalesce(campaigns.owner::text, 'nobody'),
            campaigns.epoch, coalesce(campaigns.taken_at::text, 'no time')) END),
    ('announcement_lost', CASE WHEN campaigns.announced_at < now() - interval '15 minutes'
            OR campaigns.announced_at > now() + interval '1 minute'
        THEN format('it was announced at %s, and nobody took it', campaigns.announced_at) END),
    ('not_announced', CASE WHEN is_runnable AND campaigns.next_due_at < now() - interval '5 minutes'
            AND campaigns.announced_at IS NULL AND campaigns.owner IS NULL
        THEN format('it is due since %s, and nobody announced it', campaigns.next_due_at) END),
    ('start_time', CASE WHEN campaigns.status = 'scheduled' AND is_runnable AND campaigns.next_due_at <> campaigns.scheduled_time
        THEN format('it is scheduled for %s, and due at %s', campaigns.scheduled_time, campaigns.next_due_at) END),
    ('campaign_end', CASE
        WHEN (campaigns.status IN ('completed', 'failed', 'cancelled')) <> (campaigns.completed_at IS NOT NULL)
            THEN format('it is %s, and its end is %s', campaigns.status, coalesce(campaigns.completed_at::text, 'not known'))
        WHEN campaigns.status = 'failed' AND campaigns.status_reason IS NULL THEN 'it failed without a reason'
    END),
    ('occurrence', CASE
        WHEN campaigns.series_id IS NOT NULL AND campaigns.occurrence IS NULL AND campaigns.deleted_at IS NULL
            THEN 'it is of a series, and none of its occurrences'
    END),
    ('tenant', CASE
        WHEN series.account_id <> campaigns.account_id THEN 'its series is another account''s'
        WHEN source.account_id <> campaigns.account_id THEN 'it rings another account''s contacts again'
    END)
) AS judged (rule, detail)
WHERE (CAST(:account AS uuid) IS NULL OR campaigns.account_id = CAST(:account AS uuid)) AND judged.detail IS NOT NULL
