"""People who change their minds while schedulers and dialers work: what they asked for over HTTP, and what may follow.

They pause, cancel, resume and start a campaign, and they edit it: each edition says another message from another number, and its
calling hours hold this moment or do not. What the carrier was asked for tells which edition a call is of.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

import httpx
from httpx import codes
from tests.support.calling_hours import closed_now

STOPS = ("pause", "cancel")
GOES = ("resume", "start")
EDIT = "edit"
MOVES = (*STOPS, *GOES, "pause", "resume", "resume", EDIT, EDIT, EDIT)
WAITS = (0, 0, 0.005, 0.02, 0.05, 0.15, 0.4)
"""Seconds between two moves: the orders in which things happen come from these."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a move, by this machine's clock: when it was sent, when it was answered, and how."""

    move: str
    sent: float
    answered: float
    """Infinite when nobody knows whether it was done."""
    status: int


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which nobody may be called."""

    since: float
    until: float

    def __contains__(self, instant: float) -> bool:
        return self.since < instant < self.until


def silences(asked: Iterable[Asked]) -> list[Span]:
    """When a campaign must not call: from the answer 200 to a stop until the request of the next move that undoes it."""
    asked = list(asked)
    undoings = [each for each in asked if each.move in GOES and each.status != codes.CONFLICT]
    spans = []
    for stop in asked:
        if stop.move not in STOPS or stop.status != codes.OK:
            continue
        if any(each.sent < stop.answered and stop.sent < each.answered for each in undoings):
            continue  # nobody can tell which of them was first
        later = [each.sent for each in undoings if each.sent > stop.answered]
        spans.append(Span(stop.answered, min(later, default=math.inf)))
    return spans


@dataclass(frozen=True, slots=True)
class Edition:
    """What a campaign is since an edit, and when that was sent and answered."""

    number: int
    is_open: bool
    """Its calling hours hold this moment."""
    sent: float
    answered: float

    @property
    def document(self) -> dict[str, Any]:
        """What is sent of it."""
        return {
            "welcome_message": f"Edition {self.number}.",
            "caller_id": caller_id(self.number),
            "calling_window": None if self.is_open else closed_now(),
        }


def caller_id(number: int) -> str:
    """The number from which an edition calls."""
    return f"+1415888{number:04d}"


def strange(call: dict[str, Any], gated_at: float, editions: Sequence[Edition]) -> str | None:
    """What is wrong with a call as one of a campaign's editions, as the end of a sentence; None: nothing.

    Only what nobody works on is edited, so that a call is of the last edition that was answered before it passed the gate
    (`gated_at`), or of one that was under way then.
    """
    found = [each for each in editions if caller_id(each.number) == call["from"]]
    if not found:
        return f"came from {call['from']}, which is no edition's number"
    edition = found[0]
    if call["heard"] is not None and f"Edition {edition.number}." not in call["heard"]:
        return f"said {call['heard']!r} from the number of edition {edition.number}"
    if not edition.is_open:
        return f"is of edition {edition.number}, outside its calling hours"
    if gated_at < edition.sent:
        return f"is of edition {edition.number} before there was one"
    if any(each.sent > edition.answered and each.answered < gated_at for each in editions):
        return f"is of edition {edition.number} after that had been changed"
    return None


async def until_answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """The answer to a request that may be sent again while the API has too much to do."""
    while True:
        answer = await ask()
        if answer.status_code != codes.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(float(answer.headers["retry-after"]))


@dataclass(slots=True)
class Story:
    """One campaign, and somebody who moves and edits it in a random order at random moments."""

    client: httpx.AsyncClient
    random: Random
    phones: Sequence[str]
    campaign: str = ""
    asked: list[Asked] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)
    edits: int = 0
    """How many were tried."""

    async def run(self) -> None:
        """Create the campaign, and change one's mind a few times."""
        await self._create()
        for _ in range(self.random.randint(3, 8)):
            await asyncio.sleep(self.random.choice(WAITS))
            moves = self.random.sample(MOVES, k=self.random.choice((1, 1, 2)))
            await asyncio.gather(*(self._edit() if move == EDIT else self._move(move) for move in moves))

    async def end(self) -> None:
        """Have it go on to its end in open hours, if it was not cancelled."""
        while (now := await self._now())["calling_window"] and now["status"] not in ("completed", "cancelled"):
            await self._move("pause")
            await self._edit(is_open=True)
        await self._move("resume")

    def strays(self, calls: Iterable[dict[str, Any]], gated_at: Mapping[str, float]) -> list[str]:
        """What the carrier was asked for while nobody might be called, as sentences. `gated_at`: when each passed the gate."""
        spans = silences(self.asked)
        found = []
        for call in calls:
            instant = datetime.fromisoformat(call["requested_at"]).timestamp()
            found += [
                f"{call['to']} was called {instant - span.since:.3f} s after campaign {self.campaign} was stopped"
                for span in spans
                if instant in span
            ]
            if (wrong := strange(call, gated_at[call["attempt_id"]], self.editions)) is not None:
                found.append(f"the call to {call['to']} of campaign {self.campaign} {wrong}")
        return found

    async def _create(self) -> None:
        first = Edition(0, self.random.random() < 0.8, time.time(), math.inf)
        body = first.document | {
            "name": "Change of mind",
            "phone_numbers": list(self.phones),
            "concurrency": self.random.randint(1, len(self.phones)),
            "max_attempts": self.random.randint(1, 2),
            "retry_delay": self.random.randint(0, 1),
        }
        is_scheduled = self.random.random() < 0.5
        ahead = self.random.uniform(0.15, 0.5)
        while not self.campaign:
            due = datetime.now().astimezone() + timedelta(seconds=ahead)
            start = {"is_scheduled": True, "scheduled_time": due.isoformat()} if is_scheduled else {}
            key = {"Idempotency-Key": uuid4().hex}
            answer = await until_answered(partial(self.client.post, "/api/campaigns", json=body | start, headers=key))
            if "scheduled_time_in_past" in answer.text:  # on a busy machine the request came too late
                ahead += 1
                continue
            assert answer.status_code == codes.CREATED, answer.text
            self.campaign = answer.json()["id"]
        self.editions.append(replace(first, answered=time.time()))

    async def _now(self) -> dict[str, Any]:
        return dict((await self._look()).json())

    async def _look(self) -> httpx.Response:
        return await until_answered(partial(self.client.get, f"/api/campaigns/{self.campaign}"))

    async def _edit(self, *, is_open: bool | None = None) -> None:
        """Edit it as it is now; that may be refused. Two edits at once are made for the same state, of which one wins."""
        etag = (await self._look()).headers["etag"]
        self.edits += 1
        edition = Edition(self.edits, self.random.random() < 0.6 if is_open is None else is_open, time.time(), math.inf)
        path, if_match = f"/api/campaigns/{self.campaign}", {"If-Match": etag}
        answer = await self.client.patch(path, json=edition.document, headers=if_match)
        if answer.status_code == codes.SERVICE_UNAVAILABLE:
            self.editions.append(edition)  # it may have been made
            return
        assert answer.status_code in (codes.OK, codes.CONFLICT, codes.PRECONDITION_FAILED), answer.text
        if answer.status_code == codes.OK:
            self.editions.append(replace(edition, answered=time.time()))

    async def _move(self, move: str) -> None:
        sent = time.time()
        try:
            answer = await self.client.post(f"/api/campaigns/{self.campaign}/{move}")
        except httpx.TransportError:
            self.asked.append(Asked(move, sent, math.inf, 0))
            return
        known = answer.status_code < codes.INTERNAL_SERVER_ERROR
        assert not known or answer.status_code in (codes.OK, codes.ACCEPTED, codes.CONFLICT), answer.text
        self.asked.append(Asked(move, sent, time.time() if known else math.inf, answer.status_code))
