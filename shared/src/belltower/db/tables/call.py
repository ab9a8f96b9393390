"""Dialers, their calls and what became of those, and the numbers that nobody calls."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from belltower.db.tables.columns import Instant, Money, id_column, metadata, sql_list, status_check
from belltower.domain.call import FINAL as FINAL_CALL
from belltower.domain.call import LIVE, CallStatus
from belltower.domain.unknown_call import Decision

dialers = Table(
    "dialers",
    metadata,
    id_column(),
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
    status_check(CallStatus),
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
    id_column(),
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
    id_column(),
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
    id_column(),
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
