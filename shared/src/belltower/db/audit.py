"""Whether a database holds what Belltower promises: each rule of its design that rows can show, looked at in one snapshot.

It is right while everything runs: what one transaction writes is seen whole, and what legitimately takes a while (an eviction, an
announcement that nobody took yet, a call that is looked after) is allowed for. Nothing is changed; `repair.py` mends what can
safely be mended. Subjects are ids: no number of a person, and nothing that anybody wrote, is in a finding.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql, sqlstate
from belltower.db.series import Series
from belltower.db.tables import COUNTERS
from belltower.domain.call import Disposition
from belltower.domain.campaign import TRANSITIONS, ContactStatus
from belltower.domain.schedule import wall_at

MOST = 1_000
"""Findings of one rule that are told; more of them say no more."""
TIME_LIMIT = 120.0
"""Seconds that one look may take."""
_PAGE = 500
_CANCELLED = "57014"
"""SQLSTATE query_canceled (PostgreSQL, Appendix A): its time was over."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold."""

    name: str
    wrong: str
    """What it means when it does not: a sentence."""
    remedy: str
    """What to do: a sentence."""
    is_repairable: bool = False
    """Whether `repair` mends it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    rule: str
    subject: str
    """What it is about, by its id."""
    detail: str
    """What was found, and nobody's number."""
    is_repairable: bool
    key: str
    """The id of its subject, for `repair`."""


class Unfinished(Exception):
    """Some looks took longer than they may. `findings` are those of the others, `looks` the names of these."""

    def __init__(self, findings: Sequence[Finding], looks: Sequence[str]) -> None:
        super().__init__(
            f"Not everything could be looked at in time: {', '.join(looks)}. Look again when the database is less busy, or"
            " at one account at a time."
        )
        self.findings = findings
        self.looks = looks


_ASK = "Nothing else should have written it: look for who changed the database, and ask Belltower's developers."
_SCHEDULERS = "Start a scheduler, or look into the schedulers' logs (`tick_failed`)."
_DIALERS = "Start a dialer, or look into the dialers' logs (`reconciling_failed`)."

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        # ---- money
        Rule("balance", "The balance of an account is not the sum of its ledger.", f"The ledger is the truth. {_ASK}"),
        Rule("overdrawn", "An account has less than nothing, or less than its calls hold.", _ASK),
        Rule("settlement", "A call was not settled exactly once, at its price.", _ASK),
        Rule("appended", "A change that waits to be folded belongs to nobody.", _ASK),
        Rule("hold_kept", "A call that has ended still holds money.", "Repair it: the money is free again.", True),
        # ---- counters
        Rule(
            "counters",
            "What is counted of a campaign is not what its contacts and calls are.",
            "Repair it: the difference is appended.",
            True,
        ),
        Rule(
            "list_size",
            "A campaign says that its list is longer or shorter than it is.",
            "Repair it: it is counted again.",
            True,
        ),
        # ---- contacts and calls
        Rule(
            "contact_status",
            "A contact's status does not agree with its calls.",
            "Look at its calls, and pause the campaign before somebody is called twice.",
        ),
        Rule("contact_reason", "A contact waits for nothing, or is over without a reason.", _ASK),
        Rule("call_numbers", "The calls of a contact are not numbered one after another.", _ASK),
        Rule(
            "budget",
            "A contact was called more often than its campaign allows, or its attempts are miscounted.",
            "Pause the campaign, and look at the contact's calls.",
        ),
        Rule(
            "two_calls",
            "Somebody may be on two calls at once.",
            "Pause the campaign; rebuild the indexes of the calls (REINDEX TABLE attempts), which should have refused it.",
        ),
        Rule("check_at", "A live call is not looked after, or one that is over still is.", "Repair it.", True),
        Rule("decision", "A call that nobody could account for, and what was decided about it, do not agree.", _ASK),
        Rule("not_watched", "A live call should have been looked after long ago.", _DIALERS),
        Rule("slot_kept", "A call is live for longer than it can last.", f"{_DIALERS} The carrier may not answer."),
        Rule("end", "A call is over without an end, or has one while it is live.", _ASK),
        Rule("end_reported", "A call ended otherwise than reports say, or twice.", _ASK),
        Rule("unbound", "A call is under way, or was, that has no name at the carrier.", _ASK),
        Rule(
            "not_called_off",
            "A call of a cancelled campaign has not rung, and may.",
            "Repair it: it is called off at the carrier.",
            True,
        ),
        Rule(
            "call_after_stop",
            "A call was let through while its campaign was stopped.",
            f"Was the database's clock set back at that time? Then it only seems so. Otherwise: {_ASK}",
        ),
        Rule("window", "A call was let through outside its calling window, or nobody decided about it.", _ASK),
        Rule("called_although_listed", "Somebody was called who was on the do-not-call list.", _ASK),
        Rule("do_not_call_record", "The do-not-call list is not what its record says.", f"Correct the list. {_ASK}"),
        # ---- campaigns
        Rule("completed", "A campaign is completed, and somebody on its list is not.", "Ring them with a retry of it."),
        Rule("forgotten", "A campaign is to go on, and due at no time.", "Repair it: it is due.", True),
        Rule("late", "A campaign has work that is overdue, and is due later.", "Repair it: it is due.", True),
        Rule("due_after_end", "A campaign is over or stopped, and still due.", "Repair it.", True),
        Rule("start_time", "A campaign starts at another time than it says.", "Repair it: it starts as it says.", True),
        Rule(
            "owner_gone",
            "A campaign belongs to a dialer that is gone.",
            f"Repair it: another dialer goes on. {_SCHEDULERS}",
            True,
        ),
        Rule("ownership", "A campaign is owned in a way that cannot be.", "Pause it, and resume it."),
        Rule(
            "announcement_lost",
            "A campaign was announced long ago, and nobody took it.",
            f"Repair it: it is announced again. {_SCHEDULERS}",
            True,
        ),
        Rule("not_announced", "A campaign is due, and nobody announces it.", _SCHEDULERS),
        Rule("campaign_end", "A campaign is over without an end or a reason, or has one while it goes on.", _ASK),
        Rule("history", "The history of a campaign is not how it came to its status.", _ASK),
        Rule("illegal_move", "A campaign moved as none may.", _ASK),
        # ---- series
        Rule("series_stalled", "A series goes on, and its next occurrence is not made.", "Repair it: it is made.", True),
        Rule("series_ahead", "The next occurrence of a series is not what it should be.", "Pause the series, and resume it."),
        Rule("series_gap", "Occurrences of a series were neither made nor told to be missed.", "Create them by hand."),
        Rule("series_list", "A series says that its list is longer or shorter than it is.", "Give the series its list again."),
        Rule("occurrence", "A campaign of a series is none of its occurrences, or one for the second time.", _ASK),
        # ---- the rest
        Rule("tenant", "Something belongs to two accounts.", f"Stop what serves the accounts. {_ASK}"),
        Rule("answer", "What an answer says was created does not exist.", _ASK),
        Rule("housekeeping", "Rows are kept that should have been forgotten.", _SCHEDULERS),
    )
}  # fmt: skip

_COUNTED = "counters"
LOOKS = (
    "accounts", "ledger", "unfolded", _COUNTED, "contacts", "calls", "twins", "reports", "campaigns", "completed", "late",
    "history", "stops", "do_not_call", "series", "series_gap", "answers", "housekeeping",
)  # fmt: skip
"""What is looked at, one statement each: a file in `sql/audit/`, which knows the rules that it is for."""


Progress = Callable[[str, int, int], None]
"""Is told what is looked at next, how many looks are done, and of how many."""


def _silent(look: str, done: int, of: int) -> None:
    """Nobody waits."""


async def audit(
    connection: AsyncConnection,
    *,
    account: UUID | None = None,
    time_limit: float = TIME_LIMIT,
    most: int = MOST,
    progress: Progress = _silent,
) -> list[Finding]:
    """Look at everything, or at all that is one account's, in one snapshot; what does not hold, up to `most` of each rule.

    `connection` is not in a transaction yet. Raises `Unfinished` when a look takes longer
    than `time_limit` seconds; the others are made all the same.
    """
    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with connection.begin():
        return await examine(connection, account=account, time_limit=time_limit, most=most, progress=progress)


async def examine(
    connection: AsyncConnection,
    *,
    account: UUID | None = None,
    time_limit: float = TIME_LIMIT,
    most: int = MOST,
    progress: Progress = _silent,
) -> list[Finding]:
    """The same in the caller's transaction, of which it is one moment only if each statement of it sees the same."""
    findings: list[Finding] = []
    unfinished: list[str] = []
    await connection.execute(
        text("SELECT set_config('statement_timeout', :limit, true), set_config('work_mem', '64MB', true)"),
        {"limit": f"{time_limit * 1000:.0f}ms"},
    )
    for done, look in enumerate(LOOKS):
        progress(look, done, len(LOOKS))
        try:
            async with connection.begin_nested():
                findings += await _look(connection, look, account, most)
        except DBAPIError as error:
            if sqlstate(error) != _CANCELLED:
                raise
            unfinished.append(look)
    if unfinished:
        raise Unfinished(findings, unfinished)
    return findings


async def _look(connection: AsyncConnection, look: str, account: UUID | None, most: int) -> list[Finding]:
    if look == "series_gap":
        return await _find_gaps(connection, account, most)
    moves = [(source, target) for source, targets in TRANSITIONS.items() for target in sorted(targets)]
    values = {
        "account": account,
        "most": most,
        "sources": [source for source, _ in moves],
        "targets": [target for _, target in moves],
    }
    statement = _statement(look)
    wanted = {name: value for name, value in values.items() if f":{name}" in statement.text}
    rows = await connection.execute(statement, wanted)
    return [Finding(row.rule, row.subject, row.detail, RULES[row.rule].is_repairable, row.key) for row in rows]


@cache
def _statement(look: str) -> TextClause:
    found = sql(f"audit/{look}").text
    if look == _COUNTED:
        found = filled(found)
    return text(
        "SELECT rule, key, subject, detail FROM ("
        f"SELECT found.*, row_number() OVER (PARTITION BY rule) AS nth FROM ({found}) AS found"
        ") AS numbered WHERE nth <= :most ORDER BY rule, nth"
    )


def filled(statement: str) -> str:
    """A statement about counters with the names and the meaning of each of them."""
    contacts = {f"contact_{status}": f"status = '{status}'" for status in ContactStatus}
    is_machine = "(answered_by LIKE 'machine%' OR answered_by = 'fax') IS TRUE"
    calls = {f"call_{ended}": f"status = '{ended}'" for ended in Disposition}
    calls |= {
        f"call_{Disposition.VOICEMAIL}": f"status = 'completed' AND {is_machine}",
        f"call_{Disposition.COMPLETED}": f"status = 'completed' AND NOT {is_machine}",
    }
    real = {name: f"coalesce({'listed' if name in contacts else 'called'}.{name}, 0)" for name in COUNTERS}
    told = {name: f"(coalesce(folded.{name}, 0) + coalesce(appended.{name}, 0))" for name in COUNTERS}
    parts = {
        "sums": [f"sum({name}) AS {name}" for name in COUNTERS],
        "contacts": [f"count(*) FILTER (WHERE {meaning}) AS {name}" for name, meaning in contacts.items()],
        "calls": [f"count(*) FILTER (WHERE {meaning}) AS {name}" for name, meaning in calls.items()],
        "wrong": [
            f"CASE WHEN {told[name]} <> {real[name]} THEN format('{name} is %s, not %s', {told[name]}, {real[name]}) END"
            for name in COUNTERS
        ],
        "missing": [f"{real[name]} - {told[name]} AS {name}" for name in COUNTERS],
        "names": list(COUNTERS),
    }
    for name, expressions in parts.items():
        statement = statement.replace(f"{{{name}}}", ", ".join(expressions))
    return statement.replace("{differs}", " OR ".join(f"{name} <> 0" for name in COUNTERS))


async def _find_gaps(connection: AsyncConnection, account: UUID | None, most: int) -> list[Finding]:
    """Series some of whose occurrences, by the rule as it is, have no campaign, and nobody told that they were missed."""
    findings: list[Finding] = []
    after = UUID(int=0)
    while len(findings) < most:
        page = {"account": account, "after": after, "page": _PAGE}
        rows = (await connection.execute(sql("audit/series_decided"), page)).mappings().all()
        findings += await asyncio.to_thread(_gaps, rows)
        if len(rows) < _PAGE:
            break
        after = rows[-1]["id"]
    return findings[:most]


def _gaps(rows: Sequence[Any]) -> list[Finding]:
    return [found for row in rows if (found := _gap(row))]


def _gap(row: Any) -> Finding | None:
    recurrence = Series.of(row).recurrence
    since: datetime = row["since"]
    made = set(row["made"])
    absent = 0
    for each in recurrence.occurrences(after=wall_at(since, recurrence.where)):
        if each.instant > row["decided_until"]:
            break
        absent += each.instant > since and each.wall not in made
    if absent <= row["missed"]:
        return None
    detail = f"{absent} occurrences up to {row['decided_until']:%Y-%m-%d %H:%M} UTC have no campaign, {row['missed']} were missed"
    return Finding("series_gap", f"series {row['id']}", detail, False, str(row["id"]))
