"""Recurring campaigns, calendar feeds, and wall times that follow their zone

Revision: 0015. After: 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    _series()
    _campaigns()
    _series_contacts()
    _series_events()
    _calendar_feeds()


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("accounts.id", name="series_account_id_fkey"), nullable=False),
        # The columns of a definition, as `campaigns` has them.
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("welcome_message", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False, comment="Simultaneous calls."),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("retry_delay", sa.Integer(), nullable=False, comment="Seconds between two calls to a contact."),
        sa.Column(
            "retry_delays",
            postgresql.JSONB(),
            nullable=False,
            server_default="{}",
            comment="Seconds by disposition, where they differ from retry_delay; null: no other call after it.",
        ),
        sa.Column(
            "retry_backoff",
            sa.Float(),
            nullable=False,
            server_default="1",
            comment="What the delay is multiplied by for each attempt after the first.",
        ),
        sa.Column(
            "answering_machine",
            sa.Text(),
            nullable=False,
            server_default="treat_as_answered",
            comment="What happens when a machine answers.",
        ),
        sa.Column(
            "calls_per_second",
            sa.Integer(),
            nullable=True,
            comment="New calls in any second; null: no limit of its own.",
        ),
        sa.Column(
            "misfire_grace",
            sa.Integer(),
            nullable=True,
            comment="Seconds after its scheduled time within which it may still start by itself; null: however late.",
        ),
        # What is the series' own.
        sa.Column("rrule", sa.Text(), nullable=False, comment="RFC 5545, 3.3.10; UNTIL is a wall time."),
        sa.Column("starts", sa.DateTime(), nullable=False, comment="Wall time in `timezone`, here and in `ends`."),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column(
            "exdates",
            postgresql.ARRAY(sa.Date()),
            nullable=False,
            server_default="{}",
            comment="Days without an occurrence.",
        ),
        sa.Column("ends", sa.DateTime(), nullable=True, comment="The last that may be; null: as the rule says."),
        sa.Column(
            "skip_if_running",
            sa.Boolean(),
            nullable=False,
            comment="An occurrence does not take place while one before it still runs.",
        ),
        sa.Column("contacts", sa.Integer(), nullable=False, comment="How many contacts it has."),
        sa.Column("contact_fields", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "decided_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Its occurrences up to then were made, left out or missed.",
        ),
        sa.Column(
            "ahead",
            sa.Uuid(),
            sa.ForeignKey("campaigns.id", name="series_ahead_fkey"),
            nullable=True,
            comment="The campaign of its next occurrence, which waits for its time, or is hidden (deleted_at) as long as"
            " `copied_to` is not null.",
        ),
        sa.Column(
            "copied_to",
            sa.BigInteger(),
            nullable=True,
            comment="Up to which of its contacts they were copied into `ahead`; null: there is nothing to copy.",
        ),
        sa.Column(
            "next_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When `ahead` is to be decided on, or, while there is none that is whole, since when it is wanted.",
        ),
        sa.Column(
            "split_from",
            sa.Uuid(),
            sa.ForeignKey("series.id", name="series_split_from_fkey"),
            nullable=True,
            comment="The series that it goes on for.",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "version", sa.BigInteger(), nullable=False, server_default="1", comment="Counts what people changed."
        ),
        sa.CheckConstraint("status IN ('active', 'ended', 'paused')", name=op.f("series_status_check")),
        sa.CheckConstraint(
            "next_due_at IS NULL OR status = 'active' AND deleted_at IS NULL",
            name=op.f("series_due_while_active_check"),
        ),
        sa.CheckConstraint("copied_to IS NULL OR ahead IS NOT NULL", name=op.f("series_copied_to_check")),
        comment="Recurring campaigns: what each occurrence says, when, and to whom.",
    )
    op.create_index("series_list_idx", "series", ["account_id", "id"], postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index(
        "series_decision_idx",
        "series",
        ["next_due_at"],
        postgresql_where=sa.text("next_due_at IS NOT NULL AND ahead IS NOT NULL AND copied_to IS NULL"),
    )
    op.create_index(
        "series_work_idx",
        "series",
        ["next_due_at"],
        postgresql_where=sa.text("next_due_at IS NOT NULL AND (ahead IS NULL OR copied_to IS NOT NULL)"),
    )


def _campaigns() -> None:
    op.add_column(
        "campaigns",
        sa.Column(
            "wall_time_meant",
            sa.Boolean(),
            nullable=False,
            server_default="false",
            comment="`scheduled_wall` is what somebody wrote; should the zone's rules change, `scheduled_time` follows it.",
        ),
    )
    op.add_column(
        "campaigns", sa.Column("series_id", sa.Uuid(), nullable=True, comment="Of which it is an occurrence.")
    )
    op.create_foreign_key("campaigns_series_id_fkey", "campaigns", "series", ["series_id"], ["id"])
    op.add_column(
        "campaigns",
        sa.Column(
            "occurrence",
            sa.DateTime(),
            nullable=True,
            comment="Which one: the wall time by the series' rule. It stays as it is, whatever becomes of scheduled_time.",
        ),
    )
    op.add_column(
        "campaigns",
        sa.Column(
            "is_exception",
            sa.Boolean(),
            nullable=False,
            server_default="false",
            comment="An occurrence that was edited by itself; changes of its series leave it alone.",
        ),
    )
    op.create_index(
        "campaigns_occurrence_key",
        "campaigns",
        ["series_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.create_index(
        "campaigns_running_occurrences_idx",
        "campaigns",
        ["series_id"],
        postgresql_where=sa.text("series_id IS NOT NULL AND status IN ('pending', 'processing')"),
    )
    op.create_index(
        "campaigns_calendar_idx",
        "campaigns",
        ["account_id", sa.text("COALESCE(scheduled_time, created_at)")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "campaigns_wall_time_idx",
        "campaigns",
        ["id"],
        postgresql_where=sa.text("wall_time_meant AND status IN ('paused', 'scheduled') AND deleted_at IS NULL"),
    )


def _series_contacts() -> None:
    op.create_table(
        "series_contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "series_id", sa.Uuid(), sa.ForeignKey("series.id", name="series_contacts_series_id_fkey"), nullable=False
        ),
        sa.Column("phone", sa.Text(), nullable=False, comment="E.164."),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=True),
        comment="Whom each occurrence of a series rings.",
    )
    op.create_index("series_contacts_series_id_idx", "series_contacts", ["series_id", "id"])


def _series_events() -> None:
    kinds = "'changed', 'created', 'ended', 'held', 'missed', 'paused', 'resumed', 'skipped'"
    op.create_table(
        "series_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "series_id", sa.Uuid(), sa.ForeignKey("series.id", name="series_events_series_id_fkey"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "occurrence",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Which one it is about, or the first of several.",
        ),
        sa.Column("occurrences", sa.Integer(), nullable=False, server_default="0", comment="How many it is about."),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("series_events_kind_check")),
        comment="What became of a series: what people changed, and which occurrences did not take place.",
    )
    op.create_index("series_events_series_id_idx", "series_events", ["series_id", "id"])


def _calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "account_id", sa.Uuid(), sa.ForeignKey("accounts.id", name="calendar_feeds_account_id_fkey"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256: tokens have 256 random bits."),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True, comment="To the minute; null: never."),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("token_hash", name="calendar_feeds_token_hash_key"),
        comment="Addresses at which calendars read an account's campaigns without signing in.",
    )
    op.create_index("calendar_feeds_account_id_idx", "calendar_feeds", ["account_id"])
