"""Accounts, who may enter them, and what bounds their calls."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from belltower.db.tables.columns import Instant, Money, metadata, sql_list
from belltower.domain.principal import Role

accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column(
        "balance",
        Money,
        nullable=False,
        comment="Folded entries only; what has not been folded yet is in `unfolded`. Never below zero with it.",
    ),
    Column("caller_id", Text, nullable=True, comment="The number that callees see when a campaign names none. E.164."),
    Column(
        "stream_url", Text, nullable=True, comment="The account's voice agent (wss://); null: the message is spoken."
    ),
    Column(
        "max_concurrent_calls", Integer, nullable=True, comment="Simultaneous calls of all campaigns; null: no limit."
    ),
    Column("calls_per_second", Integer, nullable=True, comment="New calls in any second; null: no limit."),
    Column(
        "frequency_cap_calls",
        Integer,
        nullable=True,
        comment="Calls to one number in any frequency_cap_period, of all campaigns; null: no limit.",
    ),
    Column("frequency_cap_period", Integer, nullable=True, comment="Seconds."),
    Column(
        "breaker_calls",
        Integer,
        nullable=True,
        server_default="20",
        comment="The circuit breaker looks at so many calls that ended last; null: it is off.",
    ),
    Column("breaker_within", Integer, nullable=True, server_default="120", comment="Seconds in which they ended."),
    Column(
        "breaker_share", Float, nullable=True, server_default="0.5", comment="If this share of them failed, it pauses."
    ),
    Column(
        "calling_window",
        JSONB(none_as_null=True),
        nullable=True,
        comment="When people may be called, on their own clocks (domain/calling_window.py); null: always.",
    ),
    Column(
        "unknown_zone",
        Text,
        nullable=False,
        server_default="closed",
        comment="Numbers whose zone nobody knows: closed, open, or the IANA zone to assume.",
    ),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    CheckConstraint("(frequency_cap_calls IS NULL) = (frequency_cap_period IS NULL)", name="frequency_cap"),
    CheckConstraint(
        "(breaker_calls IS NULL) = (breaker_within IS NULL) AND (breaker_calls IS NULL) = (breaker_share IS NULL)",
        name="breaker",
    ),
)

caller_id_limits = Table(
    "caller_id_limits",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("caller_id", Text, primary_key=True, comment="E.164."),
    Column("max_concurrent_calls", Integer, nullable=True, comment="Simultaneous calls; null: no limit of its own."),
    Column("calls_per_second", Integer, nullable=True, comment="New calls in any second; null: no limit of its own."),
    comment="What bounds an account's calls from one number, beside what bounds all of them.",
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("email", Text, nullable=False, comment="Lower case."),
    Column("password_hash", Text, nullable=False, comment="argon2id."),
    Column("role", Text, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column(
        "is_operator",
        Boolean,
        nullable=False,
        server_default="false",
        comment="Runs this installation: sees what belongs to no account, such as dead letters.",
    ),
    CheckConstraint(f"role IN ({sql_list(Role)})", name="role"),
    UniqueConstraint("email"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256: tokens have 256 random bits."),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("expires_at", Instant, nullable=False),
    Index("sessions_user_id_idx", "user_id", "expires_at"),
    Index("sessions_expires_at_idx", "expires_at"),
    comment="Who is signed in, until they sign out or for 14 days.",
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column(
        "bucket", LargeBinary, primary_key=True, comment="SHA-256 of what is counted: client, or e-mail and client."
    ),
    Column("attempts", Integer, nullable=False, comment="Since began_at, without those that were right."),
    Column("began_at", Instant, nullable=False),
    Index("sign_in_attempts_began_at_idx", "began_at"),
    comment="How often somebody tried to sign in lately. For minutes.",
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False, comment="The first characters, to tell keys apart."),
    Column("key_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256: keys have 256 random bits."),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("last_used_at", Instant, nullable=True, comment="To the minute; null: never."),
    Column("revoked_at", Instant, nullable=True),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256: tokens have 256 random bits."),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("last_used_at", Instant, nullable=True, comment="To the minute; null: never."),
    Column("revoked_at", Instant, nullable=True),
    comment="Addresses at which calendars read an account's campaigns without signing in.",
)
