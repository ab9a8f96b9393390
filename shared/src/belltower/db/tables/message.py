"""Requests that were answered, and messages that were not."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from belltower.db.tables.columns import Instant, metadata, sql_list, status_check
from belltower.domain.dead_letter import Reason
from belltower.domain.dead_letter import Status as DeadLetterStatus

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("route", Text, primary_key=True, comment="Method and path of the operation."),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False, comment="SHA-256 of all that was asked for."),
    Column("token", Uuid, nullable=False, comment="Whose reservation it is."),
    Column("created_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("renewed_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("status", SmallInteger, nullable=True, comment="Of the answer; null: the request is under way."),
    Column("headers", JSONB, nullable=True),
    Column("body", LargeBinary, nullable=True),
    CheckConstraint("(status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL)", name="answer"),
    Index("idempotency_keys_created_at_idx", "created_at"),
    comment="Requests that must not be done twice, with the answers that they got, for 24 hours.",
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False, unique=True, comment="SHA-256 of its reason and its body."),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=True, comment="What the dialer said of it."),
    Column("status", Text, nullable=False, server_default=DeadLetterStatus.WAITING.value),
    Column("times", Integer, nullable=False, server_default="1", comment="How often the same one came."),
    Column("message_ids", ARRAY(Text), nullable=False, comment="The latest; one that is recorded again is known."),
    Column("publisher", Text, nullable=True, comment="Who sent it, as it says."),
    Column("reported_by", Text, nullable=True, comment="The dialer that gave it up."),
    Column("published_at", Instant, nullable=True, comment="As it says."),
    Column(
        "body",
        LargeBinary,
        nullable=True,
        comment="For sending it again. It may hold anything, and is shown to nobody; null: too large, or done with.",
    ),
    Column("size", Integer, nullable=False, comment="Bytes of the body."),
    Column("campaign_ids", ARRAY(Uuid), nullable=False, server_default="{}", comment="Where they can be read."),
    Column("first_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("last_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("decided_at", Instant, nullable=True),
    Column("decided_by", Text, nullable=True, comment="Who had it replayed or discarded."),
    Column("sent_at", Instant, nullable=True, comment="When a scheduler last began to send it again."),
    CheckConstraint(f"reason IN ({sql_list(Reason)})", name="reason"),
    status_check(DeadLetterStatus),
    Index("dead_letters_status_idx", "status", "last_at", "id"),
    Index("dead_letters_last_at_idx", "last_at", "id"),
    comment="Messages that came to nothing, for 30 days. A dead letter is never a lost campaign: its row decides.",
)
