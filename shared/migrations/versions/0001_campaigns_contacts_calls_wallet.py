"""Campaigns, contacts, calls, wallet

Revision: 0001. After: .
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "balance",
            sa.Numeric(precision=18, scale=6),
            nullable=False,
            comment="Folded entries only; what has not been folded yet is in `unfolded`. Never below zero with it.",
        ),
        sa.Column(
            "caller_id",
            sa.Text(),
            nullable=True,
            comment="The number that callees see when a campaign names none. E.164.",
        ),
        sa.Column(
            "stream_url",
            sa.Text(),
            nullable=True,
            comment="The account's voice agent (wss://); null: the message is spoken.",
        ),
        sa.Column(
            "max_concurrent_calls",
            sa.Integer(),
            nullable=True,
            comment="Simultaneous calls of all campaigns; null: no limit.",
        ),
        sa.Column("calls_per_second", sa.Integer(), nullable=True, comment="New calls in any second; null: no limit."),
        sa.Column(
            "window_start", sa.Time(), nullable=True, comment="Calling window, callee's wall time; null: always open."
        ),
        sa.Column("window_end", sa.Time(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(window_start IS NULL) = (window_end IS NULL)", name=op.f("accounts_window_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_pkey")),
    )
    op.create_table(
        "dialers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "lapses_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Past: it is dead or stopped, and its campaigns are taken away.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("dialers_pkey")),
        comment="A dialer's id is also the key of the session advisory lock that it holds while it lives.",
    )
    op.create_table(
        "unfolded",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=6), server_default="0", nullable=False),
        sa.Column("contact_waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_calling", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_reached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_unreached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_expired", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_unknown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_busy", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_completed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_no_answer", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_not_placed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_unknown", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("unfolded_pkey")),
    )
    op.create_index("unfolded_account_id_idx", "unfolded", ["account_id"], unique=False)
    op.create_index(
        "unfolded_campaign_id_idx",
        "unfolded",
        ["campaign_id"],
        unique=False,
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False, comment="The first characters, to tell keys apart."),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="SHA-256: keys have 256 random bits."),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("api_keys_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
        sa.UniqueConstraint("key_hash", name=op.f("api_keys_key_hash_key")),
    )
    op.create_index(op.f("api_keys_account_id_idx"), "api_keys", ["account_id"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("welcome_message", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False, comment="Simultaneous calls."),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("retry_delay", sa.Integer(), nullable=False, comment="Seconds between two calls to a contact."),
        sa.Column("is_scheduled", sa.Boolean(), nullable=False),
        sa.Column("scheduled_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "scheduled_wall", sa.DateTime(), nullable=True, comment="The wall time that was meant, in `timezone`."
        ),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False, comment="How many contacts it has."),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True, comment="Why it is failed or paused."),
        sa.Column(
            "status_actor",
            sa.Text(),
            nullable=False,
            comment="Who moved it to its status; the history's trigger copies it.",
        ),
        sa.Column(
            "next_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it needs a dialer next; null: never again.",
        ),
        sa.Column(
            "announced_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When `campaign.due` was last sent for it; null: not under way.",
        ),
        sa.Column("owner", sa.BigInteger(), nullable=True, comment="The dialer that runs it."),
        sa.Column(
            "epoch",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Counts owners; a former one finds its own stale.",
        ),
        sa.Column(
            "evictions",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="Owners lost in a row without a call.",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True, comment="When its latest owner took it over."),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "next_due_at IS NULL OR status IN ('pending', 'processing', 'scheduled') AND deleted_at IS NULL",
            name=op.f("campaigns_due_while_runnable_check"),
        ),
        sa.CheckConstraint(
            "owner IS NULL OR status = 'processing'", name=op.f("campaigns_owned_while_processing_check")
        ),
        sa.CheckConstraint(
            "status IN ('cancelled', 'completed', 'failed', 'paused', 'pending', 'processing', 'scheduled')",
            name=op.f("campaigns_status_check"),
        ),
        sa.CheckConstraint("announced_at IS NULL OR owner IS NULL", name=op.f("campaigns_announced_or_owned_check")),
        sa.CheckConstraint("concurrency BETWEEN 1 AND 10000", name=op.f("campaigns_concurrency_check")),
        sa.CheckConstraint("is_scheduled = (scheduled_time IS NOT NULL)", name=op.f("campaigns_scheduled_time_check")),
        sa.CheckConstraint("max_attempts BETWEEN 1 AND 20", name=op.f("campaigns_max_attempts_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("campaigns_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("campaigns_pkey")),
    )
    op.create_index(
        "campaigns_announced_idx",
        "campaigns",
        ["announced_at"],
        unique=False,
        postgresql_where=sa.text("announced_at IS NOT NULL"),
    )
    op.create_index(
        "campaigns_due_idx",
        "campaigns",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL"),
    )
    op.create_index(
        "campaigns_list_idx",
        "campaigns",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "campaigns_owner_idx", "campaigns", ["owner"], unique=False, postgresql_where=sa.text("owner IS NOT NULL")
    )
    op.create_table(
        "do_not_call",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("do_not_call_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "phone", name=op.f("do_not_call_pkey")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="Lower case."),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id."),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('administrator', 'member')", name=op.f("users_role_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("users_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
        sa.UniqueConstraint("email", name=op.f("users_email_key")),
    )
    op.create_index(op.f("users_account_id_idx"), "users", ["account_id"], unique=False)
    op.create_table(
        "campaign_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True, comment="Null: it was created."),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("campaign_events_campaign_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("campaign_events_pkey")),
        comment="Every transition of every campaign, written by a trigger on `campaigns`: no move can forget it.",
    )
    op.create_index("campaign_events_campaign_id_idx", "campaign_events", ["campaign_id", "id"], unique=False)
    op.create_table(
        "campaign_progress",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("contact_waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_calling", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_reached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_unreached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_expired", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contact_unknown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_busy", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_completed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_no_answer", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_not_placed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_unknown", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("campaign_progress_campaign_id_fkey")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("campaign_progress_pkey")),
        comment="Contacts by status and calls by disposition, folded; reads add what `unfolded` still holds.",
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False, comment="E.164."),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From when it may be rung; only while it waits.",
        ),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="Why it still waits, was skipped, or could not be reached."
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="Calls that used one of max_attempts up.",
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (next_attempt_at IS NOT NULL)", name=op.f("contacts_next_attempt_at_check")
        ),
        sa.CheckConstraint(
            "status IN ('calling', 'expired', 'reached', 'skipped', 'unknown', 'unreached', 'waiting')",
            name=op.f("contacts_status_check"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("contacts_campaign_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("contacts_pkey")),
        sa.UniqueConstraint("campaign_id", "phone", name=op.f("contacts_campaign_id_phone_key")),
    )
    op.create_index(
        "contacts_open_idx",
        "contacts",
        ["campaign_id", "status", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('calling', 'waiting')"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "number",
            sa.SmallInteger(),
            nullable=False,
            comment="The contact's how manieth, from 1; not_placed ones do not count.",
        ),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False, comment="simulated or twilio."),
        sa.Column(
            "carrier_call_id",
            sa.Text(),
            nullable=True,
            comment="The carrier's name for the call, once known: it is bound.",
        ),
        sa.Column("dialer", sa.BigInteger(), nullable=False, comment="Who let it through the gate."),
        sa.Column("time_limit", sa.Integer(), nullable=False, comment="Seconds."),
        sa.Column("ring_timeout", sa.Integer(), nullable=False, comment="Seconds."),
        sa.Column("gated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "send_by",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="After this not a byte of the request is sent.",
        ),
        sa.Column(
            "request_ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its dialer saw the end of the request to the carrier.",
        ),
        sa.Column(
            "check_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the reconciler looks after it next; null once it is final.",
        ),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True, comment="Seconds of talk."),
        sa.Column(
            "hold",
            sa.Numeric(precision=18, scale=6),
            nullable=False,
            comment="Set aside while the call lives or is unknown; zero afterwards.",
        ),
        sa.Column("cost", sa.Numeric(precision=18, scale=6), server_default="0", nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(check_at IS NULL) = (status IN ('busy', 'cancelled', 'completed', 'failed', 'no_answer', 'not_placed', 'unknown'))",
            name=op.f("attempts_check_at_check"),
        ),
        sa.CheckConstraint(
            "status IN ('busy', 'cancelled', 'completed', 'dialling', 'failed', 'in_progress', 'no_answer', 'not_placed', 'queued', 'ringing', 'unknown')",
            name=op.f("attempts_status_check"),
        ),
        sa.CheckConstraint("hold >= 0", name=op.f("attempts_hold_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("attempts_account_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("attempts_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("attempts_contact_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("attempts_pkey")),
    )
    op.create_index("attempts_campaign_id_idx", "attempts", ["campaign_id", "id"], unique=False)
    op.create_index(
        "attempts_carrier_call_id_key",
        "attempts",
        ["carrier_call_id"],
        unique=True,
        postgresql_where=sa.text("carrier_call_id IS NOT NULL"),
    )
    op.create_index(
        "attempts_check_idx", "attempts", ["check_at"], unique=False, postgresql_where=sa.text("check_at IS NOT NULL")
    )
    op.create_index(
        "attempts_held_idx",
        "attempts",
        ["account_id"],
        unique=False,
        postgresql_include=["hold"],
        postgresql_where=sa.text("hold > 0"),
    )
    op.create_index(
        "attempts_live_idx",
        "attempts",
        ["campaign_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('dialling', 'in_progress', 'queued', 'ringing')"),
    )
    op.create_index(
        "attempts_numbered_key",
        "attempts",
        ["contact_id", "number"],
        unique=True,
        postgresql_where=sa.text("status <> 'not_placed'"),
    )
    op.create_index(
        "attempts_one_per_contact_key",
        "attempts",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('dialling', 'in_progress', 'queued', 'ringing', 'unknown')"),
    )
    op.create_index(
        "attempts_one_per_number_key",
        "attempts",
        ["account_id", "phone"],
        unique=True,
        postgresql_where=sa.text("status IN ('dialling', 'in_progress', 'queued', 'ringing')"),
    )
    op.create_index("attempts_rate_idx", "attempts", ["account_id", "gated_at"], unique=False)
    op.create_index(
        "attempts_unbound_idx",
        "attempts",
        ["phone", "caller_id"],
        unique=False,
        postgresql_where=sa.text("carrier_call_id IS NULL AND status IN ('dialling', 'unknown')"),
    )
    op.create_table(
        "call_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False, comment="Equal for two deliveries of one report."),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True, comment="By the carrier's clock."),
        sa.Column("source", sa.Text(), nullable=False, comment="callback, poll, response or reconciler."),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False, comment="move, stale or contradiction."),
        sa.Column("carrier_call_id", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("call_events_attempt_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("call_events_pkey")),
        sa.UniqueConstraint("attempt_id", "dedupe_key", name=op.f("call_events_attempt_id_dedupe_key_key")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "amount",
            sa.Numeric(precision=18, scale=6),
            nullable=False,
            comment="What it adds to the balance; a charge is negative.",
        ),
        sa.Column(
            "written_off",
            sa.Numeric(precision=18, scale=6),
            server_default="0",
            nullable=False,
            comment="What a call cost beyond what the wallet could bear.",
        ),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('top_up', 'call', 'correction')", name=op.f("ledger_entries_kind_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("ledger_entries_account_id_fkey")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("ledger_entries_attempt_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_entries_pkey")),
    )
    op.create_index("ledger_entries_account_id_idx", "ledger_entries", ["account_id", "id"], unique=False)
    op.create_index(
        "ledger_entries_once_per_call_key",
        "ledger_entries",
        ["attempt_id", "kind"],
        unique=True,
        postgresql_where=sa.text("attempt_id IS NOT NULL"),
    )
    # The history cannot be forgotten by any statement that moves a campaign.
    op.execute("""
        CREATE FUNCTION record_campaign_event() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO campaign_events (campaign_id, from_status, to_status, actor, reason)
            VALUES (
                NEW.id,
                CASE TG_OP WHEN 'UPDATE' THEN OLD.status END,
                NEW.status,
                NEW.status_actor,
                CASE WHEN NEW.status IN ('paused', 'failed', 'cancelled') THEN NEW.status_reason END
            );
            RETURN NULL;
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER campaign_created AFTER INSERT ON campaigns
        FOR EACH ROW EXECUTE FUNCTION record_campaign_event()
    """)
    op.execute("""
        CREATE TRIGGER campaign_moved AFTER UPDATE OF status ON campaigns
        FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION record_campaign_event()
    """)
