"""Every hot statement finds its rows by an index made for it, under the generic plan of a prepared statement.

A parameter in a partial index's predicate would defeat the index under such a plan only, and so would a guess about an
array or a LIMIT of unknown size: what a test with a handful of rows never shows.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from belltower.db import calendar, calls, campaigns, changes, do_not_call, progress, unknown_calls
from belltower.db.engine import sql
from belltower.db.page import Position
from belltower.outcomes import record

DIALECT = dialect()  # type: ignore[no-untyped-call]
BIG = {
    "campaigns",
    "contacts",
    "attempts",
    "ledger_entries",
    "call_events",
    "campaign_events",
    "unfolded",
    "campaign_progress",
    "do_not_call",
    "do_not_call_events",
    "idempotency_keys",
    "sessions",
    "sign_in_attempts",
    "series",
    "series_contacts",
    "call_looks",
    "call_decisions",
}

# Twenty accounts. Of 20,000 campaigns most are over or still to come; 400 are owned, 100 announced, 50 due. Of their calls
# and contacts nearly all are final, as after a year of work.
FILL = """
INSERT INTO accounts (id, name, currency, balance)
SELECT md5('account' || n)::uuid, 'Account', 'USD', 1000 FROM generate_series(0, 19) AS n;

INSERT INTO dialers (name, lapses_at) SELECT 'dialer', now() + interval '1 hour' FROM generate_series(1, 8);

INSERT INTO campaigns (
    id, account_id, name, welcome_message, language, voice, caller_id, concurrency, max_attempts, retry_delay, is_scheduled,
    timezone, contacts, status, status_actor, next_due_at, announced_at, owner, epoch, taken_at
)
SELECT md5('campaign' || n)::uuid, md5('account' || n % 20)::uuid, 'Test', 'Hello', 'en-US', 'alice', '+14155550100', 10, 1, 60,
    false, 'UTC', 2,
    CASE WHEN n < 400 THEN 'processing' WHEN n < 550 THEN 'pending' WHEN n < 6000 THEN 'scheduled' ELSE 'completed' END,
    'test',
    CASE WHEN n < 550 THEN now() - interval '1 minute' WHEN n < 6000 THEN now() + n * interval '1 minute' END,
    CASE WHEN n BETWEEN 400 AND 499 THEN now() - n * interval '1 millisecond' END,
    CASE WHEN n < 400 THEN 1 + n % 8 END, 1, now() - interval '1 minute'
FROM generate_series(0, 19999) AS n;

INSERT INTO series (
    id, account_id, name, welcome_message, language, voice, caller_id, concurrency, max_attempts, retry_delay, rrule, starts,
    timezone, skip_if_running, contacts, status, decided_until, ahead, copied_to, next_due_at
)
SELECT md5('series' || n)::uuid, md5('account' || n % 20)::uuid, 'Test', 'Hello', 'en-US', 'alice', '+14155550100', 10, 1, 60,
    'FREQ=DAILY', now(), 'UTC', true, 2, CASE WHEN n < 9900 THEN 'active' ELSE 'ended' END, now(),
    CASE WHEN n BETWEEN 10 AND 9899 THEN md5('campaign' || n)::uuid END,
    CASE WHEN n BETWEEN 10 AND 19 THEN 1 END,
    CASE WHEN n < 9900 THEN now() + (n - 30) * interval '1 minute' END
FROM generate_series(0, 9999) AS n;

UPDATE campaigns
SET series_id = md5('series' || n % 10000)::uuid, occurrence = now() + n * interval '1 minute', is_scheduled = true,
    scheduled_time = now() + n * interval '1 minute', scheduled_wall = now(), wall_time_meant = true
FROM generate_series(400, 9999) AS n
WHERE campaigns.id = md5('campaign' || n)::uuid;

INSERT INTO series_contacts (series_id, phone)
SELECT md5('series' || n % 100)::uuid, '+1415' || 2000000 + n FROM generate_series(0, 49999) AS n;

INSERT INTO calendar_feeds (id, account_id, name, token_hash)
SELECT id, account_id, 'Feed', id::text::bytea FROM campaigns;

INSERT INTO campaign_progress (campaign_id, account_id, changed)
SELECT id, account_id, pg_current_xact_id() FROM campaigns;

INSERT INTO contacts (campaign_id, phone, status, next_attempt_at)
SELECT md5('campaign' || CASE WHEN n < 10000 THEN 0 ELSE n % 20000 END)::uuid, '+1415' || 2000000 + n,
    CASE WHEN waits THEN 'waiting' WHEN n % 20000 < 400 AND n >= 10000 THEN 'calling' ELSE 'reached' END,
    CASE WHEN waits THEN now() + (n - 5000) * interval '1 second' END
FROM generate_series(0, 49999) AS n, LATERAL (SELECT n BETWEEN 5000 AND 9999 OR n % 20000 BETWEEN 400 AND 5999 AS waits) AS w;

INSERT INTO attempts (
    id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, carrier_call_id, dialer,
    time_limit, ring_timeout, gated_at, send_by, check_at, hold, ended_at
)
SELECT md5('attempt' || n)::uuid, campaigns.account_id, campaigns.id, contacts.id, 1, contacts.phone, '+14155550100',
    CASE WHEN live AND n % 3 = 0 THEN 'dialling' WHEN live THEN 'ringing' WHEN n % 997 = 0 THEN 'unknown' ELSE 'completed' END,
    'simulated', CASE WHEN NOT (live AND n % 3 = 0) THEN 'CA' || n END, 1, 600, 30,
    now() - n * interval '1 second', now(), CASE WHEN live THEN now() + (n % 60 - 5) * interval '1 second' END,
    CASE WHEN live OR n % 997 = 0 THEN 0.2 ELSE 0 END, CASE WHEN NOT live THEN now() END
FROM (SELECT *, row_number() OVER () AS n, status = 'calling' AS live FROM contacts) AS contacts
JOIN campaigns ON campaigns.id = contacts.campaign_id;

INSERT INTO ledger_entries (account_id, kind, amount, attempt_id)
SELECT account_id, 'call', -0.02, id FROM attempts WHERE status = 'completed' LIMIT 10000;

INSERT INTO call_events (attempt_id, dedupe_key, source, status, effect)
SELECT id, 'CA:3', 'callback', 'completed', 'move' FROM attempts LIMIT 10000;

UPDATE attempts SET decided_at = now(), hold = 0 WHERE status = 'unknown' AND right(carrier_call_id, 1) <> '7';

INSERT INTO call_decisions (attempt_id, account_id, campaign_id, decision, actor, freed, at)
SELECT id, account_id, campaign_id, 'give_up', 'test', 0.2, gated_at FROM attempts
WHERE status = 'completed' ORDER BY id LIMIT 10000;

INSERT INTO call_looks (attempt_id, asked, result) SELECT id, 'list', 'unknown' FROM attempts LIMIT 10000;

INSERT INTO unfolded (account_id, campaign_id, amount)
SELECT account_id, id, 0 FROM campaigns LIMIT 10000;

INSERT INTO do_not_call (account_id, phone, reason)
SELECT md5('account' || n % 20)::uuid, '+1415' || 2000000 + n, 'asked' FROM generate_series(0, 19999) AS n;

INSERT INTO do_not_call_events (account_id, phone, change, actor) SELECT account_id, phone, 'added', 'test' FROM do_not_call;

INSERT INTO idempotency_keys (account_id, route, key, fingerprint, token, created_at)
SELECT account_id, 'POST /api/campaigns', id::text, '', id, now() - random() * interval '25 hours' FROM campaigns;

INSERT INTO users (id, account_id, email, password_hash, role) SELECT id, id, id::text, 'x', 'member' FROM accounts;

INSERT INTO sessions (token_hash, user_id, expires_at)
SELECT id::text::bytea, account_id, now() + random() * interval '15 days' - interval '1 day' FROM campaigns;

INSERT INTO sign_in_attempts (bucket, attempts, began_at)
SELECT id::text::bytea, 1, now() - random() * interval '16 minutes' FROM campaigns;
"""


# What each statement has to find its rows by: index -> the conditions that the index itself answers.
EXPECTED: dict[str, dict[str, list[str]]] = {
    # scheduler
    "claim_due": {"campaigns_due_idx": ["next_due_at <="], "campaigns_pkey": ["id ="]},
    "next_wake": {
        "campaigns_due_idx": [],
        "campaigns_announced_idx": [],
        "campaigns_owner_idx": ["owner ="],
        "series_decision_idx": [],
        "series_work_idx": [],
    },
    "expire_announcements": {"campaigns_announced_idx": ["announced_at <="], "campaigns_pkey": ["id ="]},
    "start_announced": {"campaigns_announced_idx": ["announced_at <="], "campaigns_pkey": ["id ="]},
    "withdraw_announcements": {},
    "backlog": {"campaigns_due_idx": ["next_due_at <="], "campaigns_announced_idx": []},
    "lapsed_dialers": {"campaigns_owner_idx": ["owner ="]},
    "forget_dialers": {"campaigns_owner_idx": ["owner ="]},
    "forget_keys": {"idempotency_keys_created_at_idx": ["created_at <"]},
    "fold": {"unfolded_pkey": ["id = ANY"], "campaign_progress_pkey": ["campaign_id ="]},
    # series
    "lock_decisions": {"series_decision_idx": ["next_due_at <="]},
    "lock_occurrences": {"campaigns_pkey": ["id = ANY"]},
    "decide_occurrences": {
        "campaigns_pkey": ["id = ANY"],
        "campaigns_running_occurrences_idx": ["series_id ="],
        "series_pkey": ["id = ANY"],
        "unfolded_account_id_idx": ["account_id ="],
    },
    "lock_unmade": {"series_work_idx": ["next_due_at <="]},
    "copy_to_occurrence": {"series_contacts_series_id_idx": ["series_id =", "id >"]},
    "hide_occurrence": {"campaigns_pkey": ["id ="]},
    "skip_occurrence": {"campaigns_occurrence_key": ["series_id =", "occurrence ="]},
    "stop_exceptions": {"campaigns_occurrence_key": ["series_id ="]},
    "meant_wall_times": {"campaigns_wall_time_idx": ["id >"]},
    "move_wall_time": {"campaigns_wall_time_idx": ["id ="], "series_pkey": ["id ="]},
    "find_feed": {"calendar_feeds_token_hash_key": ["token_hash ="]},
    "calendar": {
        "campaigns_calendar_idx": ["account_id =", "COALESCE(scheduled_time, created_at) >="],
        "campaign_events_campaign_id_idx": ["campaign_id ="],
    },
    # ownership
    "take_over": {"campaigns_pkey": ["id = ANY"]},
    "not_taken": {"campaigns_pkey": ["id = ANY"]},
    "owned_campaigns": {"campaigns_pkey": ["id = ANY"]},
    "renew_heartbeat": {"campaigns_owner_idx": ["owner ="]},
    "lock_owned": {"campaigns_pkey": ["id ="]},
    "release": {
        "contacts_open_idx": ["campaign_id =", "status = 'waiting'"],
        "attempts_live_idx": ["campaign_id ="],
        "campaigns_pkey": ["id ="],
    },
    # dialling
    "dialable": {"contacts_open_idx": ["campaign_id =", "status = 'waiting'", "next_attempt_at <="]},
    "live_calls": {"attempts_live_idx": ["campaign_id = ANY"]},
    "gate_lock_campaigns": {"campaigns_pkey": ["id ="]},
    "gate_count": {
        "unfolded_account_id_idx": ["account_id ="],
        "attempts_held_idx": ["account_id ="],
        "attempts_one_per_number_key": ["account_id ="],
        "attempts_rate_idx": ["account_id =", "gated_at >"],
    },
    "gate_limits": {
        "attempts_one_per_number_key": ["account_id ="],
        "attempts_rate_idx": ["account_id =", "gated_at >"],
        "attempts_campaign_id_idx": ["campaign_id =", "gated_at >"],
    },
    "gate_admit": {
        "contacts_pkey": ["id ="],
        "attempts_phone_idx": ["phone =", "account_id ="],
        "attempts_one_per_number_key": ["account_id =", "phone ="],
        "attempts_numbered_key": ["contact_id ="],
    },
    "gate_refuse": {"contacts_pkey": ["id ="]},
    "upkeep_due": {"campaigns_pkey": ["id ="]},
    "expire_contacts": {"contacts_open_idx": ["campaign_id =", "status = 'waiting'"], "contacts_pkey": ["id = ANY"]},
    "recall_contacts": {
        "contacts_open_idx": ["campaign_id =", "status = 'waiting'", "ROW(next_attempt_at, id) >"],
        "contacts_pkey": ["id = ANY"],
    },
    "recalled": {"campaigns_pkey": ["id ="]},
    "record_placements": {"attempts_pkey": ["id ="]},
    "record_unknown_request": {"attempts_pkey": ["id ="]},
    # looking after calls
    "lease_checks": {"attempts_check_idx": ["check_at <="], "attempts_pkey": ["id ="]},
    "next_check": {"attempts_check_idx": []},
    "bound_calls": {"attempts_carrier_call_id_key": ["carrier_call_id = ANY"]},
    "unbound_twins": {"attempts_unbound_idx": ["phone =", "caller_id ="]},
    "record_looks": {"call_looks_attempt_id_idx": ["attempt_id ="], "call_looks_pkey": ["id ="]},
    # unknown calls
    "lock_unknown_calls": {"attempts_pkey": ["id = ANY"], "contacts_pkey": ["id ="]},
    "lock_undecided": {"attempts_undecided_of_campaign_idx": ["campaign_id ="], "contacts_pkey": ["id ="]},
    "decisions_made": {"call_decisions_pkey": ["attempt_id = ANY"]},
    "decide_calls": {"attempts_pkey": ["id ="]},
    "to_redial": {"attempts_pkey": ["id = ANY"], "contacts_pkey": ["id ="]},
    "undecided_on_list": {
        "attempts_undecided_of_campaign_idx": ["campaign_id ="],
        "contacts_campaign_id_phone_key": ["campaign_id =", "phone ="],
    },
    "skip_redialled": {
        "call_decisions_pkey": ["attempt_id ="],
        "contacts_campaign_id_phone_key": ["campaign_id =", "phone ="],
    },
    "count_undecided": {"attempts_undecided_idx": []},
    "undecided_page": {"attempts_undecided_idx": ["account_id =", "ROW(ended_at, id) >"]},
    "undecided_of_campaign": {"attempts_undecided_of_campaign_idx": ["campaign_id ="]},
    "decided_page": {"call_decisions_latest_idx": ["account_id =", "ROW(at, attempt_id) <"]},
    "decided_of_campaign": {"call_decisions_campaign_id_idx": ["campaign_id =", "ROW(at, attempt_id) <"]},
    # outcomes
    "attempt_of_call": {"attempts_carrier_call_id_key": ["carrier_call_id ="]},
    "lock_calls": {
        "attempts_pkey": ["id = ANY"],
        "contacts_pkey": ["id ="],
        "ledger_entries_once_per_call_key": ["attempt_id =", "kind = 'correction'"],
        "attempts_carrier_call_id_key": ["carrier_call_id ="],
    },
    "record_reports": {"attempts_pkey": ["id = ANY"], "contacts_pkey": ["id = ANY"]},
    "latest_ends": {
        "campaigns_pkey": ["id ="],
        "attempts_ended_idx": ["campaign_id =", "ended_at >"],
        "campaign_events_campaign_id_idx": ["campaign_id ="],
    },
    "callee": {
        "attempts_pkey": ["id ="],
        "attempts_carrier_call_id_key": ["carrier_call_id ="],
        "campaigns_pkey": ["id ="],
    },
    "do_not_call_add": {},
    "do_not_call_add_many": {},
    "do_not_call_remove": {"do_not_call_pkey": ["account_id =", "phone ="]},
    "is_open": {"contacts_open_idx": ["campaign_id ="]},
    "complete": {"contacts_open_idx": ["campaign_id ="], "campaigns_pkey": ["id ="]},
    "lower_due": {"campaigns_pkey": ["id ="]},
    # pausing, cancelling, resuming, starting
    "lock_to_move": {"campaigns_pkey": ["id = ANY"]},
    "stop": {"campaigns_pkey": ["id = ANY"]},
    "call_off": {"attempts_live_idx": ["campaign_id = ANY"], "attempts_pkey": ["id = ANY"]},
    "go_on": {
        "contacts_open_idx": ["campaign_id =", "status = 'waiting'"],
        "attempts_live_idx": ["campaign_id ="],
        "campaigns_pkey": ["id ="],
    },
    "hours_changed": {"campaigns_pkey": ["id = ANY"]},
    "unrung_calls": {"contacts_pkey": ["id ="]},
    "call_off_calls": {"attempts_pkey": ["id = ANY"]},
    "count_is_right": {"campaigns_changed_idx": ["account_id ="]},
    "runnable": {"campaigns_changed_idx": ["account_id ="]},
    "count_dialling": {"attempts_live_idx": ["campaign_id ="]},
    "count_all_dialling": {},
    # editing, duplicating
    "lock_listed": {
        "contacts_campaign_id_phone_key": ["campaign_id ="],
        "attempts_contact_id_idx": ["contact_id ="],
    },
    "edit_remove": {"contacts_pkey": ["id = ANY"]},
    "edit_skip": {"contacts_pkey": ["id = ANY"]},
    "edit_clear": {"contacts_open_idx": ["campaign_id =", "status = 'waiting'"]},
    "count_listed": {"contacts_campaign_id_phone_key": ["campaign_id ="]},
    "copy_contacts": {"contacts_campaign_id_phone_key": ["campaign_id ="]},
    # answering once
    "reserve_key": {},
    "keep_answer": {"idempotency_keys_pkey": ["account_id =", "route =", "key ="]},
    "amend_answer": {"idempotency_keys_pkey": ["account_id =", "route =", "key ="]},
    "renew_key": {"idempotency_keys_pkey": ["account_id =", "route =", "key ="]},
    "release_key": {"idempotency_keys_pkey": ["account_id =", "route =", "key ="]},
    # signing in
    "count_attempt": {},
    "forgive_attempt": {"sign_in_attempts_pkey": ["bucket = ANY"]},
    "forget_attempts": {"sign_in_attempts_began_at_idx": ["began_at <"]},
    "forget_sessions": {"sessions_expires_at_idx": ["expires_at <="]},
    # reading
    "wallet": {"unfolded_account_id_idx": ["account_id ="], "attempts_held_idx": ["account_id ="]},
    "creation_terms": {"unfolded_account_id_idx": ["account_id ="]},
    "to_retry": {
        "campaigns_retry_of_idx": ["retry_of ="],
        "contacts_campaign_id_phone_key": ["campaign_id ="],
        "call_decisions_campaign_id_idx": ["campaign_id ="],
    },
    "experience": {"attempts_rate_idx": ["account_id ="]},
    "count_do_not_call": {"do_not_call_pkey": ["account_id =", "phone = ANY"]},
    "do_not_call_page": {"do_not_call_newest_idx": ["account_id =", "ROW(created_at, phone) <"]},
    "do_not_call_search": {"do_not_call_pkey": ["account_id =", "phone >=", "phone <"]},
    "calls_over_time": {"attempts_campaign_id_idx": ["campaign_id ="]},
    "contact_results": {
        "contacts_campaign_id_phone_key": ["campaign_id =", "phone >"],
        "attempts_numbered_key": ["contact_id ="],
    },
    "campaigns_page": {"campaigns_list_idx": ["account_id =", "ROW(created_at, id) <"]},
    "campaigns_of_a_span": {"campaigns_list_idx": ["account_id =", "created_at >=", "created_at <"]},
    "calls_page": {"attempts_rate_idx": ["account_id =", "ROW(gated_at, id) <"]},
    "calls_of_campaign_page": {"attempts_campaign_id_idx": ["campaign_id =", "ROW(gated_at, id) <"]},
    "calls_to_number": {"attempts_phone_idx": ["account_id =", "phone ="]},
    "progress": {
        "attempts_undecided_of_campaign_idx": ["campaign_id ="],
        "unfolded_campaign_id_idx": ["campaign_id = ANY"],
        "campaign_progress_pkey": ["campaign_id = ANY"],
    },
    "changes": {
        "attempts_undecided_of_campaign_idx": ["campaign_id ="],
        "campaigns_changed_idx": ["account_id =", "changed >=", "changed <"],
        "campaign_progress_changed_idx": ["account_id =", "changed >=", "changed <"],
        "unfolded_account_id_idx": ["account_id =", "changed >=", "changed <"],
        "unfolded_campaign_id_idx": ["campaign_id = ANY"],
        "campaigns_pkey": ["id = ANY"],
        "campaign_progress_pkey": ["campaign_id ="],
    },
}
IN_ORDER = {
    "count_is_right",
    "forget_keys",
    "forget_attempts",
    "forget_sessions",
    "claim_due",
    "next_wake",
    "expire_announcements",
    "lease_checks",
    "dialable",
    "expire_contacts",
    "campaigns_page",
    "campaigns_of_a_span",
    "calls_page",
    "do_not_call_page",
    "do_not_call_search",
    "calls_of_campaign_page",
    "lock_decisions",
    "lock_unmade",
    "meant_wall_times",
    "calendar",
    "undecided_page",
    "decided_page",
    "decided_of_campaign",
}
"""They want the first rows of an order, which an index has."""
AT_MOST = {"release": {"contacts_open_idx": 2, "attempts_live_idx": 1}}
"""What is looked up for each campaign is looked up once, not wherever its result is used."""
_AT = datetime(2030, 1, 1, tzinfo=UTC)
_AFTER = Position(_AT, UUID(int=1))
COMPOSED: dict[str, Callable[[], Any]] = {
    "fold": progress._fold_sql,
    "record_reports": record.write_sql,
    "progress": progress._progress_sql,
    "changes": changes._changes_sql,
    "campaigns_page": lambda: campaigns.in_order(
        campaigns.select_campaigns(UUID(int=1), campaigns.Only()), campaigns.NEWEST_FIRST, _AFTER
    ).limit(51),
    "campaigns_of_a_span": lambda: campaigns.in_order(
        campaigns.select_campaigns(UUID(int=1), campaigns.Only(created_from=_AT, created_to=_AT, is_scheduled=False)),
        campaigns.NEWEST_FIRST,
        None,
    ).limit(501),
    "calendar": lambda: calendar.dated_campaigns(UUID(int=1), _AT, _AT).limit(5_000),
    "calls_page": lambda: _calls_page(calls.Only()),
    "calls_of_campaign_page": lambda: _calls_page(calls.Only(campaign_id=UUID(int=1))),
    "do_not_call_page": lambda: do_not_call.newest_entries(
        UUID(int=1), do_not_call.Only(), do_not_call.Position(_AT, "+14155550123")
    ).limit(101),
    "do_not_call_search": lambda: do_not_call.entries_by_number(
        UUID(int=1), do_not_call.Only(beginnings=["+1415"]), None
    ).limit(51),
    "calls_to_number": lambda: _calls_page(calls.Only(phone="+14155550123")),
    "undecided_page": lambda: unknown_calls.oldest_first(
        unknown_calls.select_undecided(UUID(int=1), None), _AFTER
    ).limit(51),
    "undecided_of_campaign": lambda: unknown_calls.oldest_first(
        unknown_calls.select_undecided(UUID(int=1), UUID(int=2)), None
    ).limit(51),
    "decided_page": lambda: unknown_calls.latest_first(unknown_calls.select_decided(UUID(int=1), None), _AFTER).limit(
        51
    ),
    "decided_of_campaign": lambda: unknown_calls.latest_first(
        unknown_calls.select_decided(UUID(int=1), UUID(int=2)), _AFTER
    ).limit(51),
}
"""Statements that the code composes."""


def _calls_page(only: calls.Only) -> Any:
    return calls.in_order(calls.select_calls(UUID(int=1), only), calls.NEWEST_FIRST, _AFTER).limit(51)


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A session in a database after a year of work, in which every prepared statement has its generic plan."""
    connection = await asyncpg.connect(database_url)
    try:
        # Rows whose commit is not on disk yet could not be marked as visible to all, and no index would be read alone.
        await connection.execute("SET synchronous_commit = on")
        await connection.execute(FILL)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
    finally:
        await connection.close()


async def test_every_hot_statement_finds_its_rows_by_an_index(session: asyncpg.Connection) -> None:
    wrong: list[str] = []
    for name, expected in EXPECTED.items():
        plan = await plan_of(session, name)
        if faults := list(faults_of(name, list(nodes_of(plan)), expected)):
            wrong.append(f"{name}: {'; '.join(faults)}\n{json.dumps(plan, indent=1)}")
    assert not wrong, "\n\n".join(wrong)


def faults_of(name: str, nodes: list[Mapping[str, Any]], expected: Mapping[str, list[str]]) -> Iterator[str]:
    """What is wrong with a plan."""
    for node in nodes:
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
            yield f"reads all of {node['Relation Name']}"
        if "Sort" in node["Node Type"] and name in IN_ORDER:
            yield "sorts what an index has in order"
    for index, conditions in expected.items():
        asked = [condition_of(node) for node in nodes if node.get("Index Name") == index]
        if not any(all(each in condition for each in conditions) for condition in asked):
            yield f"does not ask {index} for {' and '.join(conditions) or 'its order'}"
    for index, times in AT_MOST.get(name, {}).items():
        if sum(node.get("Index Name") == index for node in nodes) > times:
            yield f"asks {index} more than {times} times"


async def plan_of(session: asyncpg.Connection, name: str) -> Mapping[str, Any]:
    """The plan of a prepared statement, which knows nothing of its parameters."""
    clause = COMPOSED[name]() if name in COMPOSED else sql(name)
    statement = str(clause.compile(dialect=DIALECT))
    parameters = max((int(number) for number in re.findall(r"\$([0-9]+)", statement)), default=0)
    await session.execute(f"PREPARE hot AS {statement}")
    try:
        nothing = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
        (explained,) = json.loads(await session.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE hot{nothing}"))
    finally:
        await session.execute("DEALLOCATE hot")
    plan: Mapping[str, Any] = explained["Plan"]
    return plan


def nodes_of(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A plan's node and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes_of(child)


def condition_of(node: Mapping[str, Any]) -> str:
    """What a node asks of its index, without the types that Postgres writes beside constants."""
    return str(node.get("Index Cond", "")).replace("::text", "")
