"""Every table. Migrations are checked against this file (`make check`).

Types: money is numeric(18, 6) in the account's currency, instants are timestamptz, durations are seconds. Statuses are
text with a CHECK that is made from the domain's enums. An index's predicate holds constants only: a parameter in it
(`status = ANY($1)`) would defeat it under a generic plan.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import FINAL as FINAL_CALL
from belltower.domain.call import LIVE, CallStatus, Disposition
from belltower.domain.campaign import OPEN_CONTACT, RUNNABLE, CampaignStatus, ContactStatus
from belltower.domain.dead_letter import Reason
from belltower.domain.dead_letter import Status as DeadLetterStatus
from belltower.domain.principal import Role
from belltower.domain.series import SeriesEventKind, SeriesStatus
from belltower.domain.unknown_call import Decision

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

Money = Numeric(18, 6)
Instant = DateTime(timezone=True)


class TransactionId(UserDefinedType[str]):
    """A transaction's 64-bit id. Compared with a snapshot it tells whether a reader has seen what that one wrote."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Its name in SQL."""
        return "XID8"


ischema_names["xid8"] = TransactionId  # what SQLAlchemy reads it as, when migrations are compared with this file


def sql_list(values: Iterable[StrEnum]) -> str:
    """Enum members as the inside of an SQL `IN (...)`, sorted, so that two writings of it are equal."""
    return ", ".join(f"'{value}'" for value in sorted(values))


def _status_check(values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"status IN ({sql_list(values)})", name="status")


def _changed(comment: str | None = None) -> Column[str]:
    default = text("pg_current_xact_id()")
    return Column("changed", TransactionId, nullable=False, server_default=default, comment=comment)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def definition_columns() -> list[Column[Any]]:
    """What a campaign is: a column for each field of `Definition`, for each table that keeps one."""
    return [
        Column("name", Text, nullable=False),
        Column("welcome_message", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("voice", Text, nullable=False),
        Column("caller_id", Text, nullable=False),
        Column("concurrency", Integer, nullable=False, comment="Simultaneous calls."),
        Column("max_attempts", SmallInteger, nullable=False),
        Column("retry_delay", Integer, nullable=False, comment="Seconds between two calls to a contact."),
        Column(
            "retry_delays",
            JSONB,
            nullable=False,
            server_default="{}",
            comment="Seconds by disposition, where they differ from retry_delay; null: no other call after it.",
        ),
        Column(
            "retry_backoff",
            Float,
            nullable=False,
            server_default="1",
            comment="What the delay is multiplied by for each attempt after the first.",
        ),
        Column(
            "answering_machine",
            Text,
            nullable=False,
            server_default=AnsweringMachine.TREAT_AS_ANSWERED.value,
            comment="What happens when a machine answers.",
        ),
        Column(
            "calls_per_second", Integer, nullable=True, comment="New calls in any second; null: no limit of its own."
        ),
        Column(
            "misfire_grace",
            Integer,
            nullable=True,
            comment="Seconds after its scheduled time within which it may still start by itself; null: however late.",
        ),
        Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="Its own, which narrows the account's; null: the account's alone counts.",
        ),
    ]


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

dialers = Table(
    "dialers",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("started_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column(
        "lapses_at", Instant, nullable=False, comment="Past: it is dead or stopped, and its campaigns are taken away."
    ),
    Column(
        "trials",
        ARRAY(Uuid),
        nullable=False,
        server_default="{}",
        comment="Campaigns that it tries by themselves, since dialers were lost with them: if it is lost, they did it.",
    ),
    comment="A dialer's id is also the key of the session advisory lock that it holds while it lives.",
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    *definition_columns(),
    Column("is_scheduled", Boolean, nullable=False),
    Column("scheduled_time", Instant, nullable=True),
    Column(
        "scheduled_wall",
        DateTime(timezone=False),
        nullable=True,
        comment="The wall time that was meant, in `timezone`.",
    ),
    Column("timezone", Text, nullable=False),
    Column("expires_at", Instant, nullable=True, comment="From then on it makes no new call; null: it never expires."),
    Column(
        "wall_time_meant",
        Boolean,
        nullable=False,
        server_default="false",
        comment="`scheduled_wall` is what somebody wrote; should the zone's rules change, `scheduled_time` follows it.",
    ),
    Column(
        "series_id", ForeignKey("series.id", use_alter=True), nullable=True, comment="Of which it is an occurrence."
    ),
    Column(
        "occurrence",
        DateTime(timezone=False),
        nullable=True,
        comment="Which one: the wall time by the series' rule. It stays as it is, whatever becomes of scheduled_time.",
    ),
    Column(
        "is_exception",
        Boolean,
        nullable=False,
        server_default="false",
        comment="An occurrence that was edited by itself; changes of its series leave it alone.",
    ),
    Column(
        "retry_of",
        ForeignKey("campaigns.id"),
        nullable=True,
        comment="The campaign whose contacts without success it rings again.",
    ),
    Column(
        "is_test",
        Boolean,
        nullable=False,
        server_default="false",
        comment="One test call, which no list of campaigns shows.",
    ),
    Column("contacts", Integer, nullable=False, comment="How many contacts it has."),
    Column(
        "contact_fields",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="The names of all its contacts' fields, in the order of the list's columns.",
    ),
    Column("status", Text, nullable=False),
    Column("status_reason", Text, nullable=True, comment="Why it is failed or paused."),
    Column(
        "status_actor", Text, nullable=False, comment="Who moved it to its status; the history's trigger copies it."
    ),
    Column("next_due_at", Instant, nullable=True, comment="When it needs a dialer next; null: never again."),
    Column(
        "window_zone",
        Text,
        nullable=True,
        comment="The zone for whose calling window it sleeps until next_due_at; null: it does not.",
    ),
    Column(
        "hours_changed_at",
        Instant,
        nullable=True,
        comment="When calling hours changed under contacts that wait for a window; null: they were looked at again.",
    ),
    Column(
        "announced_at", Instant, nullable=True, comment="When `campaign.due` was last sent for it; null: not under way."
    ),
    Column("owner", BigInteger, nullable=True, comment="The dialer that runs it."),
    Column(
        "epoch", Integer, nullable=False, server_default="0", comment="Counts owners; a former one finds its own stale."
    ),
    Column(
        "evictions", SmallInteger, nullable=False, server_default="0", comment="Owners lost in a row without a call."
    ),
    Column("created_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("taken_at", Instant, nullable=True, comment="When its latest owner took it over."),
    Column("first_due_at", Instant, nullable=True, comment="When it was due as it was taken over for the first time."),
    Column("started_at", Instant, nullable=True),
    Column("completed_at", Instant, nullable=True),
    Column("archived_at", Instant, nullable=True, comment="Since when lists leave it out; null: they have it."),
    Column("deleted_at", Instant, nullable=True),
    Column("version", BigInteger, nullable=False, server_default="1", comment="Counts changes; a trigger does it."),
    _changed("The transaction that changed it last, by the same trigger."),
    _status_check(CampaignStatus),
    CheckConstraint("concurrency BETWEEN 1 AND 10000", name="concurrency"),
    CheckConstraint("max_attempts BETWEEN 1 AND 20", name="max_attempts"),
    CheckConstraint("retry_backoff BETWEEN 1 AND 10", name="retry_backoff"),
    CheckConstraint(f"answering_machine IN ({sql_list(AnsweringMachine)})", name="answering_machine"),
    CheckConstraint("calls_per_second >= 1", name="calls_per_second"),
    CheckConstraint("misfire_grace BETWEEN 0 AND 2592000", name="misfire_grace"),
    CheckConstraint("is_scheduled = (scheduled_time IS NOT NULL)", name="scheduled_time"),
    CheckConstraint(
        f"next_due_at IS NULL OR status IN ({sql_list(RUNNABLE)}) AND deleted_at IS NULL", name="due_while_runnable"
    ),
    CheckConstraint("owner IS NULL OR status = 'processing'", name="owned_while_processing"),
    CheckConstraint("announced_at IS NULL OR owner IS NULL", name="announced_or_owned"),
    # The scheduler's question: what is due next and neither announced nor owned?
    Index(
        "campaigns_due_idx",
        "next_due_at",
        postgresql_where=text("next_due_at IS NOT NULL AND announced_at IS NULL AND owner IS NULL"),
    ),
    Index("campaigns_announced_idx", "announced_at", postgresql_where=text("announced_at IS NOT NULL")),
    Index("campaigns_owner_idx", "owner", postgresql_where=text("owner IS NOT NULL")),
    Index("campaigns_retry_of_idx", "retry_of", postgresql_where=text("retry_of IS NOT NULL")),
    Index("campaigns_list_idx", "account_id", "created_at", "id", postgresql_where=text("deleted_at IS NULL")),
    # The live view's question, here and below: what of an account changed since then?
    Index("campaigns_changed_idx", "account_id", "changed"),
    # An occurrence is made once, whatever became of it.
    Index(
        "campaigns_occurrence_key",
        "series_id",
        "occurrence",
        unique=True,
        postgresql_where=text("series_id IS NOT NULL"),
    ),
    Index(
        "campaigns_running_occurrences_idx",
        "series_id",
        postgresql_where=text("series_id IS NOT NULL AND status IN ('pending', 'processing')"),
    ),
    # The calendar's question: what was, or is to be, in these weeks?
    Index(
        "campaigns_calendar_idx",
        "account_id",
        text("COALESCE(scheduled_time, created_at)"),
        postgresql_where=text("deleted_at IS NULL"),
    ),
    # Whose time may have to follow its zone's rules?
    Index(
        "campaigns_wall_time_idx",
        "id",
        postgresql_where=text("wall_time_meant AND status IN ('paused', 'scheduled') AND deleted_at IS NULL"),
    ),
)

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
    _status_check(SeriesStatus),
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
    _id(),
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
    _id(),
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

campaign_events = Table(
    "campaign_events",
    metadata,
    _id(),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("from_status", Text, nullable=True, comment="Null: it was created."),
    Column("to_status", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column(
        "changed",
        ARRAY(Text),
        nullable=True,
        comment="What an edit changed, while the status stayed; null: it was a move.",
    ),
    Index("campaign_events_campaign_id_idx", "campaign_id", "id"),
    comment="Every transition of every campaign, written by a trigger on `campaigns`: no move can forget it. And every edit.",
)

contacts = Table(
    "contacts",
    metadata,
    _id(),
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
    _status_check(ContactStatus),
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
    _id(),
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

UNDECIDED = f"status = '{CallStatus.UNKNOWN}' AND decided_at IS NULL"
"""What an attempt's row fulfils whose call is unknown and waits for a person's decision."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False),
    Column(
        "number",
        SmallInteger,
        nullable=False,
        comment="The contact's how manieth, from 1; not_placed ones do not count.",
    ),
    Column("phone", Text, nullable=False),
    Column("caller_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("carrier", Text, nullable=False, comment="simulated or twilio."),
    Column("carrier_call_id", Text, nullable=True, comment="The carrier's name for the call, once known: it is bound."),
    Column("dialer", BigInteger, nullable=False, comment="Who let it through the gate."),
    Column("time_limit", Integer, nullable=False, comment="Seconds."),
    Column("ring_timeout", Integer, nullable=False, comment="Seconds."),
    Column("gated_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("send_by", Instant, nullable=False, comment="After this not a byte of the request is sent."),
    Column(
        "request_ended_at", Instant, nullable=True, comment="When its dialer saw the end of the request to the carrier."
    ),
    Column(
        "request_result",
        Text,
        nullable=True,
        comment="What the request came to, when its answer did not say whether the call was placed.",
    ),
    Column(
        "check_at", Instant, nullable=True, comment="When the reconciler looks after it next; null once it is final."
    ),
    Column(
        "called_off",
        Boolean,
        nullable=False,
        server_default="false",
        comment="Its campaign was stopped before it rang: the carrier is told so while it still waits there.",
    ),
    Column(
        "decided_at",
        Instant,
        nullable=True,
        comment="When somebody decided what follows from it being unknown (call_decisions); null: nobody has.",
    ),
    Column(
        "calling_window",
        JSONB(none_as_null=True),
        nullable=True,
        comment="Why it was inside its calling window (domain/calling_hours.py); null: it had to be in none.",
    ),
    Column("ringing_at", Instant, nullable=True),
    Column("answered_at", Instant, nullable=True),
    Column("ended_at", Instant, nullable=True),
    Column("duration", Integer, nullable=True, comment="Seconds of talk."),
    Column(
        "hold",
        Money,
        nullable=False,
        comment="Set aside while the call lives, or is unknown and undecided; zero afterwards.",
    ),
    Column("cost", Money, nullable=False, server_default="0"),
    Column("answered_by", Text, nullable=True),
    Column("error_code", Text, nullable=True),
    Column("reason", Text, nullable=True),
    _status_check(CallStatus),
    CheckConstraint(f"(check_at IS NULL) = (status IN ({sql_list(FINAL_CALL)}))", name="check_at"),
    CheckConstraint("hold >= 0", name="hold"),
    # Nobody is rung twice at once: these two make it impossible.
    Index(
        "attempts_one_per_contact_key",
        "contact_id",
        unique=True,
        postgresql_where=text(f"status IN ({sql_list(LIVE | {CallStatus.UNKNOWN})})"),
    ),
    Index(
        "attempts_one_per_number_key",
        "account_id",
        "phone",
        unique=True,
        postgresql_include=["caller_id"],  # the gate counts an account's live calls, and those from one number
        postgresql_where=text(f"status IN ({sql_list(LIVE)})"),
    ),
    # A contact's second attempt is another row than its first, whoever dials it.
    Index(
        "attempts_numbered_key", "contact_id", "number", unique=True, postgresql_where=text("status <> 'not_placed'")
    ),
    Index(
        "attempts_carrier_call_id_key",
        "carrier_call_id",
        unique=True,
        postgresql_where=text("carrier_call_id IS NOT NULL"),
    ),
    Index("attempts_live_idx", "campaign_id", postgresql_where=text(f"status IN ({sql_list(LIVE)})")),
    Index("attempts_held_idx", "account_id", postgresql_include=["hold"], postgresql_where=text("hold > 0")),
    Index("attempts_check_idx", "check_at", postgresql_where=text("check_at IS NOT NULL")),
    Index(
        "attempts_unbound_idx",
        "phone",
        "caller_id",
        postgresql_where=text("carrier_call_id IS NULL AND status IN ('dialling', 'unknown')"),
    ),
    # What waits for a decision: of an account the oldest first, and how many of a campaign.
    Index("attempts_undecided_idx", "account_id", "ended_at", "id", postgresql_where=text(UNDECIDED)),
    Index("attempts_undecided_of_campaign_idx", "campaign_id", postgresql_where=text(UNDECIDED)),
    Index("attempts_campaign_id_idx", "campaign_id", "gated_at", "id"),
    Index("attempts_contact_id_idx", "contact_id"),
    # The gate counts the latest calls of an account; its list of calls reads the same order.
    Index("attempts_rate_idx", "account_id", "gated_at", "id"),
    # The calls of a number; the latest of them for the gate, which caps their frequency.
    Index("attempts_phone_idx", "phone", "account_id", "gated_at"),
    # The circuit breaker's question: how did the latest calls of a campaign end?
    Index("attempts_ended_idx", "campaign_id", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
)

call_events = Table(
    "call_events",
    metadata,
    _id(),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("dedupe_key", Text, nullable=False, comment="Equal for two deliveries of one report."),
    Column("received_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("occurred_at", Instant, nullable=True, comment="By the carrier's clock."),
    Column("source", Text, nullable=False, comment="callback, poll, response or reconciler."),
    Column("status", Text, nullable=False),
    Column("effect", Text, nullable=False, comment="move, stale or contradiction."),
    Column("carrier_call_id", Text, nullable=True),
    Column("detail", JSONB, nullable=True),
    UniqueConstraint("attempt_id", "dedupe_key"),
)

call_looks = Table(
    "call_looks",
    metadata,
    _id(),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("first_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("last_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("times", Integer, nullable=False, server_default="1", comment="How often in a row it was like this."),
    Column("asked", Text, nullable=False, comment="What the carrier was asked for: list, call, or nothing."),
    Column("result", Text, nullable=False, comment="What the reconciler made of it."),
    Column(
        "answer",
        JSONB(none_as_null=True),
        nullable=True,
        comment="The calls that could be this one, as the carrier had them; null: it gave no answer.",
    ),
    Column(
        "twins", Integer, nullable=True, comment="Other calls from and to the same numbers that were in doubt, too."
    ),
    Column("error", Text, nullable=True, comment="Why there was no answer."),
    CheckConstraint("asked IN ('call', 'list', 'nothing')", name="asked"),
    Index("call_looks_attempt_id_idx", "attempt_id", "id"),
    comment="How the reconciler looked after calls that it could not account for. At most 20 of a call.",
)

call_decisions = Table(
    "call_decisions",
    metadata,
    Column("attempt_id", ForeignKey("attempts.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False),
    Column("note", Text, nullable=True, comment="Why, in the words of whoever decided."),
    Column("freed", Money, nullable=False, comment="What the call had set aside until then."),
    Column(
        "redialled_in", ForeignKey("campaigns.id"), nullable=True, comment="The campaign that rings the contact again."
    ),
    CheckConstraint(f"decision IN ({sql_list(Decision)})", name="decision"),
    CheckConstraint("(redialled_in IS NULL) = (decision = 'give_up')", name="redialled_in"),
    Index("call_decisions_latest_idx", "account_id", "at", "attempt_id"),
    Index("call_decisions_campaign_id_idx", "campaign_id", "at", "attempt_id"),
    comment="What somebody decided about a call that nobody could account for: once for each, and for good.",
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    _id(),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("kind", Text, nullable=False),
    Column("amount", Money, nullable=False, comment="What it adds to the balance; a charge is negative."),
    Column(
        "written_off",
        Money,
        nullable=False,
        server_default="0",
        comment="What a call cost beyond what the wallet could bear.",
    ),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=True),
    Column("note", Text, nullable=True),
    CheckConstraint("kind IN ('top_up', 'call', 'correction')", name="kind"),
    # A call is charged once and corrected once at most.
    Index(
        "ledger_entries_once_per_call_key",
        "attempt_id",
        "kind",
        unique=True,
        postgresql_where=text("attempt_id IS NOT NULL"),
    ),
    Index("ledger_entries_account_id_idx", "account_id", "id"),
)

# What calls changed and nobody has folded yet into accounts.balance and campaign_progress. Appended by every gate and
# outcome, so that no row is updated by every call; the scheduler's folder deletes what it folds.
unfolded = Table(
    "unfolded",
    metadata,
    _id(),
    Column("account_id", Uuid, nullable=False),
    Column("campaign_id", Uuid, nullable=True),
    Column("amount", Money, nullable=False, server_default="0"),
    _changed(),
    *(Column(f"contact_{status}", Integer, nullable=False, server_default="0") for status in ContactStatus),
    *(Column(f"call_{status}", Integer, nullable=False, server_default="0") for status in sorted(Disposition)),
    Index("unfolded_account_id_idx", "account_id", "changed"),
    Index("unfolded_campaign_id_idx", "campaign_id", postgresql_where=text("campaign_id IS NOT NULL")),
)

campaign_progress = Table(
    "campaign_progress",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    Column("account_id", Uuid, nullable=True, comment="Whose it is; null: nothing was folded yet."),
    Column("changes", BigInteger, nullable=False, server_default="0", comment="How many changes were folded."),
    Column("changed", TransactionId, nullable=True, comment="The transaction that folded last."),
    *(Column(f"contact_{status}", Integer, nullable=False, server_default="0") for status in ContactStatus),
    *(Column(f"call_{status}", Integer, nullable=False, server_default="0") for status in sorted(Disposition)),
    Index("campaign_progress_changed_idx", "account_id", "changed", postgresql_where=text("changed IS NOT NULL")),
    comment="Contacts by status and calls by disposition, folded; reads add what `unfolded` still holds.",
)

COUNTERS = [name for name in campaign_progress.columns.keys() if name.startswith(("contact_", "call_"))]  # noqa: SIM118

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("phone", Text, primary_key=True, comment="E.164."),
    Column(
        "reason",
        Text,
        nullable=False,
        comment="key_press: in a call. asked: a person told the account. imported: from a file.",
    ),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=True, comment="The call in which the key was pressed."),
    Column("note", Text, nullable=True),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    CheckConstraint("reason IN ('asked', 'imported', 'key_press')", name="reason"),
    Index("do_not_call_newest_idx", "account_id", "created_at", "phone"),
    comment="Numbers that no campaign of the account rings.",
)

do_not_call_events = Table(
    "do_not_call_events",
    metadata,
    _id(),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("phone", Text, nullable=False, comment="E.164."),
    Column("at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("change", Text, nullable=False),
    Column("actor", Text, nullable=False, comment="An API key, or the person called."),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=True, comment="The call in which the key was pressed."),
    Column("note", Text, nullable=True),
    CheckConstraint("change IN ('added', 'removed')", name="change"),
    Index("do_not_call_events_phone_idx", "account_id", "phone", "id"),
    Index("do_not_call_events_attempt_id_idx", "attempt_id", postgresql_where=text("attempt_id IS NOT NULL")),
    comment="Everything that was put on a do-not-call list and taken off it, by whom.",
)

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
    _status_check(DeadLetterStatus),
    Index("dead_letters_status_idx", "status", "last_at", "id"),
    Index("dead_letters_last_at_idx", "last_at", "id"),
    comment="Messages that came to nothing, for 30 days. A dead letter is never a lost campaign: its row decides.",
)
