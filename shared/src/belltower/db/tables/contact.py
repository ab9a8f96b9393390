"""Whom campaigns ring, and the files that they came in."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from belltower.db.tables.columns import Instant, id_column, metadata, sql_list, status_check
from belltower.domain.campaign import OPEN_CONTACT, ContactStatus

contacts = Table(
    "contacts",
    metadata,
    id_column(),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("phone", Text, nullable=False, comment="E.164."),
    Column("name", Text, nullable=True),
    Column(
        "fields", JSON, nullable=True, comment="What the list says of it, for the message's placeholders; texts only."
    ),
    Column("timezone", Text, nullable=True, comment="IANA, as the list says it; null: the number tells."),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("next_attempt_at", Instant, nullable=True, comment="From when it may be rung; only while it waits."),
    Column("reason", Text, nullable=True, comment="Why it still waits, was skipped, or could not be reached."),
    Column(
        "window_zone", Text, nullable=True, comment="The zone for whose calling window it waits; null: it does not."
    ),
    Column(
        "attempts", SmallInteger, nullable=False, server_default="0", comment="Calls that used one of max_attempts up."
    ),
    status_check(ContactStatus),
    CheckConstraint("(status = 'waiting') = (next_attempt_at IS NOT NULL)", name="next_attempt_at"),
    UniqueConstraint("campaign_id", "phone"),
    Index(
        "contacts_open_idx",
        "campaign_id",
        "status",
        "next_attempt_at",
        "id",
        postgresql_where=text(f"status IN ({sql_list(OPEN_CONTACT)})"),
    ),
)

rejected_entries = Table(
    "rejected_entries",
    metadata,
    id_column(),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("source", Text, nullable=False, comment="Which of the lists that were sent."),
    Column("line", Integer, nullable=False, comment="In that list, from 1."),
    Column("value", Text, nullable=False, comment="What stood where a number should."),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("rejected_entries_campaign_id_idx", "campaign_id", "id"),
    comment="What was left out of a campaign's list.",
)

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("filename", Text, nullable=False),
    Column("size", Integer, nullable=False, comment="Bytes."),
    Column(
        "reading", JSON, nullable=False, comment="How it was read then: country and columns; the default for later."
    ),
    Column("analysis", JSON, nullable=False, comment="What was found in it when it came, as the API shows it."),
    Column("created_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Index("imports_account_id_idx", "account_id", "id"),
    Index("imports_created_at_idx", "created_at"),
    comment="Files of contacts that were uploaded and start nothing by themselves. Forgotten after a day.",
)

import_parts = Table(
    "import_parts",
    metadata,
    Column("import_id", ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="From 0."),
    Column("content", LargeBinary, nullable=False),
    comment="An import's file, cut into pieces.",
)
