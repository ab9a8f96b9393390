"""Money."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from belltower.db.tables.columns import Instant, Money, changed_column, id_column, metadata
from belltower.domain.call import Disposition
from belltower.domain.campaign import ContactStatus

ledger_entries = Table(
    "ledger_entries",
    metadata,
    id_column(),
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
    id_column(),
    Column("account_id", Uuid, nullable=False),
    Column("campaign_id", Uuid, nullable=True),
    Column("amount", Money, nullable=False, server_default="0"),
    changed_column(),
    *(Column(f"contact_{status}", Integer, nullable=False, server_default="0") for status in ContactStatus),
    *(Column(f"call_{status}", Integer, nullable=False, server_default="0") for status in sorted(Disposition)),
    Index("unfolded_account_id_idx", "account_id", "changed"),
    Index("unfolded_campaign_id_idx", "campaign_id", postgresql_where=text("campaign_id IS NOT NULL")),
)
