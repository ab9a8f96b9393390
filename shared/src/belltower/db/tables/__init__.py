"""Every table. Migrations are checked against these files (`make check`).

Types: money is numeric(18, 6) in the account's currency, instants are timestamptz, durations are seconds. Statuses are
text with a CHECK that is made from the domain's enums. An index's predicate holds constants only: a parameter in it
(`status = ANY($1)`) would defeat it under a generic plan.
"""

from belltower.db.tables.account import (
    accounts,
    api_keys,
    calendar_feeds,
    caller_id_limits,
    sessions,
    sign_in_attempts,
    users,
)
from belltower.db.tables.call import (
    UNDECIDED,
    attempts,
    call_decisions,
    call_events,
    call_looks,
    dialers,
    do_not_call,
    do_not_call_events,
)
from belltower.db.tables.campaign import COUNTERS, campaign_events, campaign_progress, campaigns
from belltower.db.tables.columns import Instant, Money, TransactionId, definition_columns, metadata, sql_list
from belltower.db.tables.contact import contacts, import_parts, imports, rejected_entries
from belltower.db.tables.message import dead_letters, idempotency_keys
from belltower.db.tables.recurrence import series, series_contacts, series_events
from belltower.db.tables.wallet import ledger_entries, unfolded

__all__ = [
    "COUNTERS",
    "UNDECIDED",
    "Instant",
    "Money",
    "TransactionId",
    "accounts",
    "api_keys",
    "attempts",
    "calendar_feeds",
    "call_decisions",
    "call_events",
    "call_looks",
    "caller_id_limits",
    "campaign_events",
    "campaign_progress",
    "campaigns",
    "contacts",
    "dead_letters",
    "definition_columns",
    "dialers",
    "do_not_call",
    "do_not_call_events",
    "idempotency_keys",
    "import_parts",
    "imports",
    "ledger_entries",
    "metadata",
    "rejected_entries",
    "series",
    "series_contacts",
    "series_events",
    "sessions",
    "sign_in_attempts",
    "sql_list",
    "unfolded",
    "users",
]
