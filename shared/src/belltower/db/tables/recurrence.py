"""Recurring campaigns."""

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from belltower.db.tables.columns import Instant, definition_columns, id_column, metadata, sql_list, status_check
from belltower.domain.series import SeriesEventKind, SeriesStatus

series = Table(
    "series",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    *definition_columns(),
    Column("rrule", Text, nullable=False, comment="RFC 5545, 3.3.10; UNTIL is a wall time."),
    Column("starts", DateTime(timezone=False), nullable=False, comment="Wall time in `timezone`, here and in `ends`."),
    Column("timezone", Text, nullable=False),
    Column("exdates", ARRAY(Date), nullable=False, server_default="{}", comment="Days without an occurrence."),
    Column("ends", DateTime(timezone=False), nullable=True, comment="The last that may be; null: as the rule says."),
    Column(
        "skip_if_running",
        Boolean,
        nullable=False,
        comment="An occurrence does not take place while one before it still runs.",
    ),
    Column("contacts", Integer, nullable=False, comment="How many contacts it has."),
    Column("contact_fields", ARRAY(Text), nullable=False, server_default="{}"),
    Column("status", Text, nullable=False),
    Column(
        "decided_until",
        Instant,
        nullable=False,
        comment="Its occurrences up to then were made, left out or missed.",
    ),
    Column(
        "ahead",
        ForeignKey("campaigns.id"),
        nullable=True,
        comment="The campaign of its next occurrence, which waits for its time, or is hidden (deleted_at) as long as"
        " `copied_to` is not null.",
    ),
    Column(
        "copied_to",
        BigInteger,
        nullable=True,
        comment="Up to which of its contacts they were copied into `ahead`; null: there is nothing to copy.",
    ),
    Column(
        "next_due_at",
        Instant,
        nullable=True,
        comment="When `ahead` is to be decided on, or, while there is none that is whole, since when it is wanted.",
    ),
    Column("split_from", ForeignKey("series.id"), nullable=True, comment="The series that it goes on for."),
    Column("created_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("deleted_at", Instant, nullable=True),
    Column("version", BigInteger, nullable=False, server_default="1", comment="Counts what people changed."),
    status_check(SeriesStatus),
    CheckConstraint("next_due_at IS NULL OR status = 'active' AND deleted_at IS NULL", name="due_while_active"),
    CheckConstraint("copied_to IS NULL OR ahead IS NOT NULL", name="copied_to"),
    Index("series_list_idx", "account_id", "id", postgresql_where=text("deleted_at IS NULL")),
    # The scheduler's questions: which occurrence is to be decided on next, and which series lacks one?
    Index(
        "series_decision_idx",
        "next_due_at",
        postgresql_where=text("next_due_at IS NOT NULL AND ahead IS NOT NULL AND copied_to IS NULL"),
    ),
    Index(
        "series_work_idx",
        "next_due_at",
        postgresql_where=text("next_due_at IS NOT NULL AND (ahead IS NULL OR copied_to IS NOT NULL)"),
    ),
    comment="Recurring campaigns: what each occurrence says, when, and to whom.",
)

series_contacts = Table(
    "series_contacts",
    metadata,
    id_column(),
    Column("series_id", ForeignKey("series.id"), nullable=False),
    Column("phone", Text, nullable=False, comment="E.164."),
    Column("name", Text, nullable=True),
    Column("fields", JSON, nullable=True),
    Column("timezone", Text, nullable=True, comment="IANA, as the list says it; null: the number tells."),
    Index("series_contacts_series_id_idx", "series_id", "id"),
    comment="Whom each occurrence of a series rings.",
)

series_events = Table(
    "series_events",
    metadata,
    id_column(),
    Column("series_id", ForeignKey("series.id"), nullable=False),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("occurrence", Instant, nullable=True, comment="Which one it is about, or the first of several."),
    Column("occurrences", Integer, nullable=False, server_default="0", comment="How many it is about."),
    CheckConstraint(f"kind IN ({sql_list(SeriesEventKind)})", name="kind"),
    Index("series_events_series_id_idx", "series_id", "id"),
    comment="What became of a series: what people changed, and which occurrences did not take place.",
)
