-- A campaign and the row of its progress. Without a scheduled time it is due at once.
WITH created AS (
    INSERT INTO campaigns (
        id, account_id, name, welcome_message, language, voice, caller_id, concurrency, max_attempts, retry_delay,
        is_scheduled, scheduled_time, scheduled_wall, timezone, retry_of, contacts, contact_fields,
        status, status_actor, next_due_at
    )
    VALUES (
        :id, :account, :name, :welcome_message, :language, :voice, :caller_id, :concurrency, :max_attempts, :retry_delay,
        :is_scheduled, CAST(:scheduled_time AS timestamptz), CAST(:scheduled_wall AS timestamp), :timezone, CAST(:retry_of AS uuid), :contacts,
        CAST(:contact_fields AS text[]), :status, :actor, coalesce(CAST(:scheduled_time AS timestamptz), clock_timestamp())
    )
    RETURNING *
),
progress AS (
    INSERT INTO campaign_progress (campaign_id, contact_waiting) VALUES (:id, :contacts)
)
SELECT * FROM created
