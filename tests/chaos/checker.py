"""Judges a run by what the telephone network did, which is the truth, by the database and by the broker."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from tests.chaos.findings import Finding
from tests.chaos.stage import Stage, insist
from tests.chaos.users import Told
from tests.support.changes_of_mind import silences

from belltower.db.audit import RULES, audit
from belltower.domain.call import CallStatus

REST = 420.0
"""Seconds that a system may take to come to rest after the last fault."""
_WORDS = {
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "no-answer": CallStatus.NO_ANSWER,
    "failed": CallStatus.FAILED,
    "canceled": CallStatus.CANCELLED,
}
_UNREST = {
    "campaigns that have not ended": """SELECT name || ' is ' || status FROM campaigns
        WHERE deleted_at IS NULL AND status NOT IN ('completed', 'failed', 'cancelled')""",
    "calls that live": "SELECT id || ' is ' || status FROM attempts WHERE check_at IS NOT NULL",
    "changes that nobody has folded": "SELECT count(*)::text FROM unfolded HAVING count(*) > 0",
}
_BY_THE_CLOCK = ("call_after_stop",)
"""What is told by comparing instants of the database, which say nothing where its clock was set back."""
_OWNERS_ONLY = "Only its owner lets a campaign's calls through, and only while it runs."
_NOT_BY_OWNER = """SELECT attempt, 'by ' || dialer || ', the owner is ' || coalesce(owner::text, 'nobody') || ', it is ' || status
    AS detail FROM chaos_gated WHERE owner IS DISTINCT FROM dialer OR status <> 'processing'"""


@dataclass
class Verdict:
    """What became of a run."""

    calls: int = 0
    """That the telephone network was asked for and took."""
    rang: int = 0
    contacts: int = 0
    attempts: int = 0
    lost: int = 0
    """Contacts that were forgotten."""
    doubled: int = 0
    """Attempts for which somebody was rung twice."""
    unknown: int = 0
    """Calls of which nobody knows, listed for a decision."""
    findings: list[Finding] = field(default_factory=list)


async def at_rest(stage: Stage, told: Iterable[Told]) -> list[Finding]:
    """Wait until nothing is left to do; what is left after the longest time."""
    deadline = time.monotonic() + REST
    while unrest := await _unrest(stage, told):
        if time.monotonic() > deadline:
            return unrest
        await asyncio.sleep(0.5)
    return []


async def _unrest(stage: Stage, told: Iterable[Told]) -> list[Finding]:
    # Occurrences first: one that is made between two questions is a campaign that has not ended for the second.
    found = [
        Finding("the system comes to rest", each.name, "has no occurrence yet")
        for each in told
        if each.series and not await _occurrence(stage, each)
    ]
    for what, statement in _UNREST.items():
        rows = await stage.rows(statement)
        found += [Finding("the system comes to rest", what, str(row[0])) for row in rows[:5]]
    if not found:
        found += await _messages(stage)
    return found


async def _occurrence(stage: Stage, told: Told) -> bool:
    rows = await stage.rows("SELECT id FROM campaigns WHERE series_id = :id AND deleted_at IS NULL", id=told.series)
    told.id = str(rows[0].id) if rows else ""
    return bool(rows)


async def _messages(stage: Stage) -> list[Finding]:
    """What lies in the broker. Queues are declared again by whoever uses them."""
    vhost = quote(urlsplit(stage.servers.amqp_url).path[1:], safe="")
    url = f"{stage.servers.rabbitmq.management_url}/api/queues/{vhost}"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await insist(lambda: client.get(url))
    if answer.status_code != httpx.codes.OK:
        return [Finding("queues are empty", "RabbitMQ", f"answered {answer.status_code}")]
    return [
        Finding("queues are empty", queue["name"], f"has {queue['messages']} messages")
        for queue in answer.json()
        if queue.get("messages")
    ]


async def judge(stage: Stage, told: list[Told]) -> Verdict:
    """All that can be said against a run that has come to rest."""
    verdict = Verdict(findings=list(stage.findings))
    truth = await stage.truth()
    attempts = {
        str(row.id): row
        for row in await stage.rows(
            """SELECT attempts.*, contacts.status AS contact FROM attempts JOIN contacts ON contacts.id = contact_id"""
        )
    }
    verdict.calls, verdict.attempts = len(truth), len(attempts)
    verdict.rang = sum(call["rang_at"] is not None for call in truth)
    verdict.unknown = sum(row.status == CallStatus.UNKNOWN for row in attempts.values())
    _judge_calls(verdict, truth, attempts)
    await _judge_contacts(stage, verdict, truth, attempts, told)
    _judge_moves(verdict, truth, told, timedelta(seconds=stage.plan.database_ahead))
    verdict.findings += await _audited(stage)
    return verdict


async def _audited(stage: Stage) -> list[Finding]:
    """What `belltower verify` has to say, and the witness of the gates."""
    ignored = _BY_THE_CLOCK if any(fault.kind == "database_clock" for fault in stage.plan.faults) else ()

    async def look() -> list[Finding]:
        async with stage.engine.connect() as connection:
            found = await audit(connection)
        return [
            Finding(RULES[each.rule].wrong, each.subject, each.detail) for each in found if each.rule not in ignored
        ]

    audited: list[Finding] = await insist(look)
    return audited + [Finding(_OWNERS_ONLY, str(row.attempt), row.detail) for row in await stage.rows(_NOT_BY_OWNER)]


def _judge_calls(verdict: Verdict, truth: list[dict[str, Any]], attempts: dict[str, Any]) -> None:
    """Each call that was made is one attempt's, each attempt's call is one, and both tell the same of it."""
    note = verdict.findings.append
    for attempt, times in Counter(call["attempt_id"] for call in truth).items():
        if times > 1:
            verdict.doubled += 1
            note(Finding("nobody is called twice for one attempt", str(attempt), f"{times} calls were made"))
    for call in truth:
        row = attempts.get(call["attempt_id"])
        if row is None:
            verdict.doubled += 1
            note(Finding("nobody is rung without an attempt", call["to"], f"call {call['sid']}, {call['status']}"))
            continue
        if row.phone != call["to"] or row.caller_id != call["from"]:
            note(Finding("an attempt's call is to its number", str(row.id), f"{call['to']}, not {row.phone}"))
        if row.status == CallStatus.NOT_PLACED:
            verdict.doubled += 1
            note(Finding("what was taken for not placed did not happen", str(row.id), f"the call was {call['status']}"))
        elif row.carrier_call_id not in (None, call["sid"]):
            note(
                Finding("a call is bound to its own attempt", str(row.id), f"{row.carrier_call_id}, not {call['sid']}")
            )
        elif row.status not in (CallStatus.UNKNOWN, _WORDS.get(call["status"])):
            note(Finding("a call ended as the carrier says", str(row.id), f"{row.status}, not {call['status']}"))
    called = {call["attempt_id"] for call in truth}
    for name, row in attempts.items():
        said_by_carrier = row.status in (CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER)
        if name not in called and (said_by_carrier or row.carrier_call_id is not None):
            note(Finding("a call that ended was made", name, f"it is {row.status}; the carrier never had it"))


async def _judge_contacts(
    stage: Stage, verdict: Verdict, truth: list[dict[str, Any]], attempts: dict[str, Any], told: list[Told]
) -> None:
    """Every contact of every list is there, once, and final; and what it says of itself can be explained."""
    note = verdict.findings.append
    rows = await stage.rows(
        """SELECT contacts.*, campaigns.status AS campaign, campaigns.max_attempts FROM contacts
           JOIN campaigns ON campaigns.id = campaign_id WHERE campaigns.deleted_at IS NULL"""
    )
    verdict.contacts = len(rows)
    of_campaign: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        of_campaign[str(row.campaign_id)][row.phone] = row
    answered = {call["attempt_id"] for call in truth if call["answered_at"] is not None}
    tried: dict[int, list[Any]] = defaultdict(list)
    for row in attempts.values():
        tried[row.contact_id].append(row)
    for strange in set(of_campaign) - {each.id for each in told}:
        note(Finding("a campaign is created once", strange, "nobody knows it"))
    for each in told:
        listed = of_campaign.get(each.id, {})
        if set(listed) != each.phones:
            missing, more = len(each.phones - set(listed)), len(set(listed) - each.phones)
            verdict.lost += missing
            note(Finding("a list is kept whole", each.name, f"{missing} contacts are missing, {more} too many"))
        for contact in listed.values():
            wrong = _unexplained(contact, tried[contact.id], answered, is_cancelled=each.plan.is_cancelled)
            if wrong is not None:
                verdict.lost += contact.status in ("waiting", "calling")
                note(Finding("nobody is forgotten", f"{contact.phone} of {each.name}", wrong))


def _unexplained(contact: Any, attempts: list[Any], answered: set[str], *, is_cancelled: bool) -> str | None:
    """What cannot be explained of a contact, as the end of a sentence; None: all can."""
    ended = [row for row in attempts if row.status != CallStatus.NOT_PLACED]
    match contact.status:
        case "reached":
            if not any(str(row.id) in answered for row in ended):
                return "is reached, and nobody answered"
        case "unreached":
            permanent = any(row.error_code is not None for row in ended)
            if len(ended) < contact.max_attempts and not permanent:
                return f"is unreached after {len(ended)} of {contact.max_attempts} attempts"
            if any(str(row.id) in answered for row in ended):
                return "is unreached, and somebody answered"
        case "unknown":
            if not any(row.status == CallStatus.UNKNOWN for row in ended):
                return "is unknown without a call that is"
        case "waiting" if is_cancelled and contact.campaign == "cancelled":
            return None
        case other:
            return f"is {other}: {contact.reason}"
    return None


def _judge_moves(verdict: Verdict, truth: list[dict[str, Any]], told: list[Told], ahead: timedelta) -> None:
    """No call after a stop was answered, none outside calling hours by the database's clock, which was `ahead` at most."""
    by_phone: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for call in truth:
        by_phone[call["to"]].append(call)
    for each in told:
        spans = silences(each.asked)
        for call in (call for phone in each.phones for call in by_phone[phone]):
            requested = datetime.fromisoformat(call["requested_at"])
            instant = requested.timestamp()
            verdict.findings += [
                Finding("pause and cancel stop calls", call["to"], f"was called {instant - span.since:.3f} s after it")
                for span in spans
                if instant in span
            ]
            if each.opens_at is not None and requested < each.opens_at - ahead:
                verdict.findings.append(Finding("nobody is called outside the hours", call["to"], call["requested_at"]))
