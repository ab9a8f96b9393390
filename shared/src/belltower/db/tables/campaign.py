"""Campaigns, how far they are, and their history."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from belltower.db.tables.columns import (
    Instant,
    TransactionId,
    changed_column,
    definition_columns,
    id_column,
    metadata,
    sql_list,
    status_check,
)
from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import Disposition
from belltower.domain.campaign import RUNNABLE, CampaignStatus, ContactStatus

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
    changed_column("The transaction that changed it last, by the same trigger."),
    status_check(CampaignStatus),
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
    # The lists of campaigns. Whatever they leave out is in the predicate, so that the index alone says how many there are.
    Index(
        "campaigns_list_idx",
        "account_id",
        "created_at",
        "id",
        postgresql_where=text("deleted_at IS NULL AND archived_at IS NULL AND is_test IS FALSE"),
    ),
    Index(
        "campaigns_archived_idx",
        "account_id",
        "created_at",
        "id",
        postgresql_where=text("deleted_at IS NULL AND archived_at IS NOT NULL AND is_test IS FALSE"),
    ),
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

campaign_events = Table(
    "campaign_events",
    metadata,
    id_column(),
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
