"""People who change their minds while schedulers and dialers work: what they asked for over HTTP, and what may follow."""

import asyncio
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
from httpx import codes

STOPS = ("pause", "cancel")
GOES = ("resume", "start")
MOVES = (*STOPS, *GOES, "pause", "resume", "resume")
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


@dataclass(slots=True)
class Story:
    """One campaign, and somebody who moves it in a random order at random moments."""

    client: httpx.AsyncClient
    random: Random
    phones: Sequence[str]
    campaign: str = ""
    asked: list[Asked] = field(default_factory=list)

    async def run(self) -> None:
        """Create the campaign, and change one's mind a few times."""
        await self._create()
        for _ in range(self.random.randint(3, 8)):
            await asyncio.sleep(self.random.choice(WAITS))
            moves = self.random.sample(MOVES, k=self.random.choice((1, 1, 2)))
            await asyncio.gather(*(self._move(move) for move in moves))

    async def end(self) -> None:
        """Have it go on to its end, if it was not cancelled."""
        await self._move("resume")

    def strays(self, calls: Iterable[dict[str, Any]]) -> list[str]:
        """What the carrier was asked for while nobody might be called, as sentences."""
        spans = silences(self.asked)
        found = []
        for call in calls:
            instant = datetime.fromisoformat(call["requested_at"]).timestamp()
            found += [
                f"{call['to']} was called {instant - span.since:.3f} s after campaign {self.campaign} was stopped"
                for span in spans
                if instant in span
            ]
        return found

    async def _create(self) -> None:
        body = {
            "name": "Change of mind",
            "welcome_message": "Hello.",
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
            answer = await self.client.post("/api/campaigns", json=body | start)
            if "scheduled_time_in_past" in answer.text:  # on a busy machine the request came too late
                ahead += 1
                continue
            assert answer.status_code == codes.CREATED, answer.text
            self.campaign = answer.json()["id"]

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
