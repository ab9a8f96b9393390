"""Calls that nobody could account for: what is known of each, and what somebody decided about it.

A decision is made once. Either kind frees what the call had set aside, in the transaction that keeps it: an unknown call keeps
its hold because the carrier may still say what it cost, and who decides says not to wait for that any more. Should the
report come after all, `outcomes` charges the call once, from what the wallet has then, and what that cannot bear is written off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from belltower.db.engine import sql, to_json
from belltower.db.page import Page, Position, cut
from belltower.db.tables import UNDECIDED, attempts, call_decisions, call_events, call_looks, campaigns, contacts
from belltower.domain.call import CallStatus
from belltower.domain.errors import BelltowerError, NotFound
from belltower.domain.unknown_call import Decision, require_undecided

MOST_LOOKS = 20
"""What is kept of the looks after one call."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided about a call."""

    decision: Decision
    at: datetime
    actor: str
    note: str | None
    freed: Decimal
    """What the call had set aside until then."""
    redialled_in: UUID | None
    """The campaign that rings the contact again."""
    redial_status: str | None
    """What became of the contact there."""


@dataclass(frozen=True, slots=True)
class UnknownCall:
    """A call that is unknown, or was when somebody decided about it. Money is in the account's currency."""

    id: UUID
    campaign_id: UUID
    campaign_name: str
    campaign_is_deleted: bool
    contact_id: int
    contact_name: str | None
    to: str
    caller_id: str
    attempt: int
    status: str
    """`unknown`, or what the carrier reported since."""
    placed_at: datetime
    unknown_since: datetime | None
    """When it was given up to find out, or ended by the carrier's report since."""
    hold: Decimal
    cost: Decimal
    carrier: str
    carrier_call_id: str | None
    reason: str | None
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked of the carrier, and what came of it."""

    ring_timeout: int
    time_limit: int
    send_by: datetime
    """After this nothing was sent."""
    ended_at: datetime | None
    """When the end of the request was seen; None: whoever sent it did not live to see it."""
    result: str | None
    """What it came to; None: the carrier took the call, or nobody knows."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the reconciler saw of a call, and how often in a row."""

    first_at: datetime
    last_at: datetime
    times: int
    asked: str
    result: str
    answer: Sequence[Mapping[str, Any]] | None
    twins: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class NewLook:
    """A look to keep. `answer` has the calls that could be this one, as the carrier listed them; None: there was no answer."""

    call_id: UUID
    asked: str
    result: str
    answer: Sequence[Mapping[str, Any]] | None = None
    twins: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """How many calls of all accounts wait for a decision, and for how many seconds the oldest has."""

    calls: int
    oldest: float


# ---- reading

_again = contacts.alias("again")
_WHOLE = (
    attempts.c.id,
    attempts.c.campaign_id,
    campaigns.c.name.label("campaign_name"),
    campaigns.c.deleted_at.is_not(None).label("campaign_is_deleted"),
    attempts.c.contact_id,
    contacts.c.name.label("contact_name"),
    attempts.c.phone.label("to"),
    attempts.c.caller_id,
    attempts.c.number.label("attempt"),
    attempts.c.status,
    attempts.c.gated_at.label("placed_at"),
    attempts.c.ended_at.label("unknown_since"),
    attempts.c.hold,
    attempts.c.cost,
    attempts.c.carrier,
    attempts.c.carrier_call_id,
    attempts.c.reason,
    call_decisions.c.decision,
    call_decisions.c.at.label("decided_at"),
    call_decisions.c.actor,
    call_decisions.c.note,
    call_decisions.c.freed,
    call_decisions.c.redialled_in,
    _again.c.status.label("redial_status"),
)
_JOINED = (
    attempts.join(campaigns, campaigns.c.id == attempts.c.campaign_id)
    .join(contacts, contacts.c.id == attempts.c.contact_id)
    .outerjoin(call_decisions, call_decisions.c.attempt_id == attempts.c.id)
    .outerjoin(_again, (_again.c.campaign_id == call_decisions.c.redialled_in) & (_again.c.phone == attempts.c.phone))
)
_UNDECIDED = text("attempts." + UNDECIDED.replace("AND ", "AND attempts."))
"""Written out: a parameter in it would defeat the index that is made for it."""


def _unknown_call(row: Mapping[Any, Any]) -> UnknownCall:
    found = {str(name): value for name, value in row.items()}
    decided = {
        name: found.pop(name)
        for name in ("decision", "actor", "note", "freed", "redialled_in", "redial_status", "decided_at")
    }
    if decided["decision"] is None:
        return UnknownCall(**found, decided=None)
    at = decided.pop("decided_at")
    return UnknownCall(**found, decided=Decided(**{**decided, "decision": Decision(decided["decision"]), "at": at}))


def select_undecided(account_id: UUID, campaign_id: UUID | None) -> Select[Any]:
    """The calls of an account, or of one campaign, that wait for a decision."""
    wanted = select(*_WHOLE).select_from(_JOINED).where(attempts.c.account_id == account_id, _UNDECIDED)
    return wanted if campaign_id is None else wanted.where(attempts.c.campaign_id == campaign_id)


def select_decided(account_id: UUID, campaign_id: UUID | None) -> Select[Any]:
    """The calls of an account, or of one campaign, that were decided about."""
    wanted = select(*_WHOLE).select_from(_JOINED).where(call_decisions.c.account_id == account_id)
    return wanted if campaign_id is None else wanted.where(call_decisions.c.campaign_id == campaign_id)


def oldest_first(wanted: Select[Any], after: Position | None) -> Select[Any]:
    """Undecided calls, those first that have waited longest; those that follow `after`, where given."""
    key = (attempts.c.ended_at, attempts.c.id)
    if after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(after.value, after.id))
    return wanted.order_by(*key)


def latest_first(wanted: Select[Any], after: Position | None) -> Select[Any]:
    """Decided calls, the latest decision first; those that follow `after`, where given."""
    key = (call_decisions.c.at, call_decisions.c.attempt_id)
    if after is not None:
        wanted = wanted.where(tuple_(*key) < tuple_(after.value, after.id))
    return wanted.order_by(*(column.desc() for column in key))


async def get_unknown_calls(
    connection: AsyncConnection,
    account_id: UUID,
    *,
    decided: bool,
    campaign_id: UUID | None = None,
    after: Position | None = None,
    limit: int,
) -> Page[UnknownCall]:
    """A page of an account's unknown calls: those that wait for a decision, or those that have one."""
    wanted = (select_decided if decided else select_undecided)(account_id, campaign_id)
    total = (await connection.execute(wanted.with_only_columns(func.count()))).scalar_one()
    rows = await connection.execute((latest_first if decided else oldest_first)(wanted, after).limit(limit + 1))
    return cut([_unknown_call(row) for row in rows.mappings()], limit=limit, total=total)


async def get_unknown_call(connection: AsyncConnection, account_id: UUID, call_id: UUID) -> tuple[UnknownCall, Request]:
    """A call that is unknown, or once was, and the request for it. Raises `NotFound`."""
    was_unknown = (
        select(call_events.c.id)
        .where(call_events.c.attempt_id == attempts.c.id, call_events.c.status == CallStatus.UNKNOWN)
        .exists()
    )
    found = await connection.execute(
        select(
            *_WHOLE,
            attempts.c.ring_timeout,
            attempts.c.time_limit,
            attempts.c.send_by,
            attempts.c.request_ended_at,
            attempts.c.request_result,
        )
        .select_from(_JOINED)
        .where(
            attempts.c.account_id == account_id,
            attempts.c.id == call_id,
            (attempts.c.status == CallStatus.UNKNOWN) | call_decisions.c.attempt_id.is_not(None) | was_unknown,
        )
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("There is no unknown call with this id.")
    call = dict(row)
    request = Request(
        ring_timeout=call.pop("ring_timeout"),
        time_limit=call.pop("time_limit"),
        send_by=call.pop("send_by"),
        ended_at=call.pop("request_ended_at"),
        result=call.pop("request_result"),
    )
    return _unknown_call(call), request


async def get_looks(connection: AsyncConnection, call_id: UUID) -> list[Look]:
    """How the reconciler looked after a call, in order. The caller has made sure that it is its account's."""
    columns = [call_looks.c[name] for name in Look.__dataclass_fields__]
    rows = await connection.execute(
        select(*columns).where(call_looks.c.attempt_id == call_id).order_by(call_looks.c.id)
    )
    return [Look(*row) for row in rows]


async def count_undecided(engine: AsyncEngine) -> Undecided:
    """What waits for a decision, of all accounts."""
    async with engine.connect() as connection:
        row = (await connection.execute(sql("count_undecided"))).one()
        return Undecided(row.calls, row.oldest)


# ---- writing


async def record_looks(connection: AsyncConnection, looks: Sequence[NewLook]) -> None:
    """Keep what was seen of calls, of which each is looked after once."""
    await connection.execute(
        sql("record_looks"),
        {
            "attempts": [look.call_id for look in looks],
            "asked": [look.asked for look in looks],
            "results": [look.result for look in looks],
            "answers": [None if look.answer is None else to_json(look.answer) for look in looks],
            "twins": [look.twins for look in looks],
            "errors": [look.error for look in looks],
            "most": MOST_LOOKS,
        },
    )


async def lock_unknown_calls(
    connection: AsyncConnection, account_id: UUID, call_ids: Sequence[UUID]
) -> dict[UUID, BelltowerError | None]:
    """Lock calls of an account with their contacts, to decide about them; why nobody may decide about some.

    `NotFound`, `AlreadyDecided` or `IllegalTransition` for those; None where a decision may be made, by the caller, in this
    transaction.
    """
    locked = {
        row.id: row
        for row in await connection.execute(sql("lock_unknown_calls"), {"account": account_id, "ids": list(call_ids)})
    }
    # In a statement after the locks: what was decided while this waited for them is seen.
    made = {row.attempt_id: row for row in await connection.execute(sql("decisions_made"), {"ids": list(locked)})}
    found: dict[UUID, BelltowerError | None] = {}
    for call_id in call_ids:
        call, decision = locked.get(call_id), made.get(call_id)
        try:
            if call is None:
                raise NotFound("There is no unknown call with this id.")
            if decision is None:
                require_undecided(CallStatus(call.status), None)
            else:
                require_undecided(
                    CallStatus(call.status), Decision(decision.decision), by=decision.actor, at=decision.at
                )
        except BelltowerError as refusal:
            found[call_id] = refusal
        else:
            found[call_id] = None
    return found


async def decide(
    connection: AsyncConnection,
    call_ids: Sequence[UUID],
    decision: Decision,
    *,
    actor: str,
    note: str | None,
    redialled_in: UUID | None = None,
) -> list[UUID]:
    """Keep a decision about calls that are locked, and free what they hold; those that it was kept for."""
    rows = await connection.execute(
        sql("decide_calls"),
        {
            "ids": list(call_ids),
            "decision": decision,
            "actor": actor,
            "note": note,
            "redialled_in": redialled_in,
        },
    )
    return list(rows.scalars())


async def keep_redial(
    connection: AsyncConnection, campaign_id: UUID, linked_id: UUID, *, actor: str, note: str | None = None
) -> list[UUID]:
    """Keep that the unknown calls of a campaign are made again whose contacts a new one has on its list; which these are.

    For the transaction that creates the new one, and that has locked them before it listed them.
    """
    rows = await connection.execute(sql("undecided_on_list"), {"campaign": campaign_id, "linked": linked_id})
    calls = list(rows.scalars())
    if not calls:
        return []
    return await decide(connection, calls, Decision.REDIAL, actor=actor, note=note, redialled_in=linked_id)
