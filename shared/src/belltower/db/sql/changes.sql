-- The campaigns of some accounts that changed since a snapshot (:seen) was taken, as they are now, all in one snapshot: the
-- new one, which the next look starts from. Exact although transactions commit in any order, because what a row holds was
-- seen if, and only if, the snapshot sees the transaction that wrote it last. (Ids at or above the new snapshot's are of
-- another server, from which this database was copied.) At most :most campaigns of each account, and as many of progress
-- alone. There is always a row; without changes it has no id.
WITH changed AS MATERIALIZED (
    SELECT found.id
    FROM unnest(CAST(:accounts AS uuid[])) AS wanted (account_id)
    CROSS JOIN LATERAL (
        (
            SELECT campaigns.id FROM campaigns
            WHERE campaigns.account_id = wanted.account_id
              AND campaigns.changed >= pg_snapshot_xmin(CAST(CAST(:seen AS text) AS pg_snapshot))
              AND campaigns.changed < pg_snapshot_xmax(pg_current_snapshot())
              AND NOT pg_visible_in_snapshot(campaigns.changed, CAST(CAST(:seen AS text) AS pg_snapshot))
            LIMIT :most
        )
        UNION
        (
            SELECT campaign_progress.campaign_id FROM campaign_progress
            WHERE campaign_progress.account_id = wanted.account_id
              AND campaign_progress.changed IS NOT NULL
              AND campaign_progress.changed >= pg_snapshot_xmin(CAST(CAST(:seen AS text) AS pg_snapshot))
              AND campaign_progress.changed < pg_snapshot_xmax(pg_current_snapshot())
              AND NOT pg_visible_in_snapshot(campaign_progress.changed, CAST(CAST(:seen AS text) AS pg_snapshot))
            LIMIT :most
        )
        UNION
        (
            SELECT unfolded.campaign_id FROM unfolded
            WHERE unfolded.account_id = wanted.account_id
              AND unfolded.campaign_id IS NOT NULL
              AND unfolded.changed >= pg_snapshot_xmin(CAST(CAST(:seen AS text) AS pg_snapshot))
              AND unfolded.changed < pg_snapshot_xmax(pg_current_snapshot())
              AND NOT pg_visible_in_snapshot(unfolded.changed, CAST(CAST(:seen AS text) AS pg_snapshot))
            GROUP BY unfolded.campaign_id
            LIMIT :most
        )
        LIMIT :most
    ) AS found
),
appended AS MATERIALIZED (
    SELECT campaign_id, count(*) AS changes, {sums}
    FROM unfolded
    WHERE campaign_id IS NOT NULL AND campaign_id = ANY(ARRAY(SELECT id FROM changed))
    GROUP BY campaign_id
),
state AS (
    SELECT
        campaigns.account_id, campaigns.deleted_at, {columns},
        campaign_progress.changes + coalesce(appended.changes, 0) AS changes, {counters},
        (
            SELECT count(*) FROM attempts
            WHERE attempts.campaign_id = campaigns.id AND attempts.status = 'unknown' AND attempts.decided_at IS NULL
        ) AS undecided
    FROM campaigns
    JOIN campaign_progress ON campaign_progress.campaign_id = campaigns.id
    LEFT JOIN appended ON appended.campaign_id = campaigns.id
    WHERE campaigns.id = ANY(ARRAY(SELECT id FROM changed))
)
SELECT
    CAST(pg_current_snapshot() AS text) AS seen,
    CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint) AS server,
    state.*
FROM (SELECT) AS always
LEFT JOIN state ON true
