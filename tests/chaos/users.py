"""The users of a run: they create campaigns over HTTP and change their minds, and try again until they are answered."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from httpx import codes
from tests.chaos.plan import CampaignPlan, Move
from tests.chaos.stage import Stage
from tests.support.calling_hours import CALIFORNIA, closed_now, window
from tests.support.changes_of_mind import Asked
from tests.support.world import numbers

PATIENCE = 240.0
"""Seconds for which a user tries again."""
LONGEST_WAIT = timedelta(seconds=20)
_AGAIN = {codes.TOO_MANY_REQUESTS}


@dataclass(slots=True)
class Told:
    """What a user knows of a campaign of theirs."""

    plan: CampaignPlan
    id: str = ""
    series: str = ""
    phones: set[str] = field(default_factory=set)
    """Whom it is to ring."""
    asked: list[Asked] = field(default_factory=list)
    opens_at: datetime | None = None
    """Before that nobody may be called."""
    message: str = "Hello, this is a test."

    @property
    def name(self) -> str:
        """How a person tells it from others."""
        return f"{self.plan.kind} {self.plan.first}"


class Users:
    """All users of a run: one account."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient) -> None:
        self._stage = stage
        self._client = client
        self.told: list[Told] = []
        self.resumed = 0
        """How many campaigns an operator resumed that had paused by themselves."""

    async def run(self, plans: Sequence[CampaignPlan]) -> None:
        """Do all that is planned."""
        self.told = [Told(plan, phones=set(numbers(plan.contacts, start=plan.first))) for plan in plans]
        async with asyncio.TaskGroup() as group:
            for told in self.told:
                group.create_task(self._live(told))

    async def _live(self, told: Told) -> None:
        await asyncio.sleep(told.plan.at)
        match told.plan.kind:
            case "series":
                await self._create_series(told)
            case "uploaded":
                await self._upload(told)
            case _:
                await self._create(told)
        if told.plan.kind == "window" and told.opens_at is None:
            await self._open(told)
        began = time.monotonic()
        for move in told.plan.moves:
            await asyncio.sleep(max(began + move.at - time.monotonic(), 0))
            await self._move(told, move)

    # ---- creating

    def _body(self, told: Told) -> dict[str, Any]:
        plan = told.plan
        return {
            "name": told.name,
            "welcome_message": told.message,
            "concurrency": plan.concurrency,
            "max_attempts": plan.max_attempts,
            "retry_delay": 1,
        }

    async def _create(self, told: Told) -> None:
        def body() -> dict[str, Any]:
            found = self._body(told) | {"phone_numbers": sorted(told.phones)}
            if told.plan.ahead is not None:
                found |= {"is_scheduled": True, "scheduled_time": _in(told.plan.ahead)}
            if told.plan.kind == "window":
                found["calling_window"] = self._opens_soon(told)
            return found

        answer = await self._insist("POST", "/api/campaigns", body=body)
        assert answer.status_code == codes.CREATED, answer.text
        told.id = answer.json()["id"]

    def _opens_soon(self, told: Told) -> dict[str, Any]:
        """Calling hours that begin with the next minute, by the clocks of those who are called. Where that is long to wait they
        are closed, until somebody opens them."""
        now = datetime.now(ZoneInfo(CALIFORNIA))
        opens = (now + timedelta(seconds=65)).replace(second=0, microsecond=0)
        if opens - now > LONGEST_WAIT:
            return closed_now()
        told.opens_at = opens
        return window(f"{opens:%H:%M}", f"{opens + timedelta(hours=2):%H:%M}")

    async def _open(self, told: Told) -> None:
        """Pause, take the calling hours away, and resume."""
        await asyncio.sleep(told.plan.at)
        await self._move(told, Move(0, "pause"))
        told.opens_at = datetime.now(UTC)
        path = f"/api/campaigns/{told.id}"
        while (read := await self._insist("GET", path)).json()["calling_window"] is not None:
            headers = {"If-Match": read.headers["etag"]}
            answer = await self._try("PATCH", path, json={"calling_window": None}, headers=headers)
            assert answer is None or answer.status_code != codes.BAD_REQUEST, answer.text
            await asyncio.sleep(0.2)
        await self._move(told, Move(0, "resume"))

    async def _create_series(self, told: Told) -> None:
        def body() -> dict[str, Any]:
            starts = (datetime.now(UTC) + timedelta(seconds=told.plan.ahead or 1)).replace(microsecond=0, tzinfo=None)
            rule = {"rrule": "FREQ=DAILY;COUNT=1", "starts": starts.isoformat(), "timezone": "UTC"}
            return self._body(told) | {"phone_numbers": sorted(told.phones), "rule": rule}

        answer = await self._insist("POST", "/api/series", body=body)
        assert answer.status_code == codes.CREATED, answer.text
        told.series = answer.json()["id"]

    async def _upload(self, told: Told) -> None:
        lines = "".join(f"{phone};Person {index}\n" for index, phone in enumerate(sorted(told.phones)))
        file = ("people.csv", f"Phone;Name\n{lines}".encode(), "text/csv")
        form = {name: str(value) for name, value in self._body(told).items()}
        answer = await self._insist("POST", "/api/campaigns/upload", data=form, files={"file": file})
        assert answer.status_code == codes.CREATED, answer.text
        told.id = answer.json()["id"]

    # ---- changing one's mind

    async def _move(self, told: Told, move: Move) -> None:
        if move.what == "edit":
            await self._edit(told)
            return
        key = str(uuid4())
        deadline = time.monotonic() + PATIENCE
        while True:
            sent = time.time()
            try:
                answer = await self._client.post(
                    f"/api/campaigns/{told.id}/{move.what}", headers={"Idempotency-Key": key}
                )
                status = answer.status_code
            except httpx.TransportError:
                status = 0
            answered = time.time() if 0 < status < codes.INTERNAL_SERVER_ERROR else float("inf")
            told.asked.append(Asked(move.what, sent, answered, status))
            in_flight = status == codes.CONFLICT and "in_flight" in answer.text
            if answered < float("inf") and not in_flight and status not in _AGAIN:
                assert status in (codes.OK, codes.ACCEPTED, codes.CONFLICT), answer.text
                return
            assert time.monotonic() < deadline, f"nobody answers to {move.what}"
            await asyncio.sleep(0.3)

    async def _edit(self, told: Told) -> None:
        """Add contacts and say something else, both or nothing; give up when the campaign has ended or runs."""
        plan = told.plan
        added = set(numbers(plan.added, start=plan.first + plan.contacts))
        message = "Hello, this is an edition."
        path = f"/api/campaigns/{told.id}"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            read = await self._insist("GET", path)
            if read.json()["welcome_message"] == message:
                told.phones |= added
                told.message = message
                return
            body = {"welcome_message": message, "contacts": {"add": {"phone_numbers": sorted(added)}}}
            answer = await self._try("PATCH", path, json=body, headers={"If-Match": read.headers["etag"]})
            if answer is None or answer.status_code >= codes.INTERNAL_SERVER_ERROR:
                await asyncio.sleep(0.3)
                continue
            if answer.status_code == codes.CONFLICT:
                return
            assert answer.status_code in (codes.OK, codes.PRECONDITION_FAILED), answer.text
        raise AssertionError(f"nobody answers to an edit of {told.name}")

    async def operate(self) -> None:
        """Resume campaigns that paused by themselves, as an operator would who saw the reason, for ever."""
        while True:
            await asyncio.sleep(1)
            rows = await self._stage.rows(
                "SELECT id, status_reason FROM campaigns WHERE status = 'paused' AND status_reason IS NOT NULL"
            )
            for row in rows:
                self._stage.say(f"campaign {row.id} is paused: {row.status_reason}")
                answer = await self._insist("POST", f"/api/campaigns/{row.id}/resume")
                self.resumed += answer.status_code == codes.OK

    # ---- speaking

    async def _insist(
        self, method: str, path: str, *, body: Callable[[], dict[str, Any]] | None = None, **more: Any
    ) -> httpx.Response:
        """Ask until there is an answer, with one key as long as it is one request."""
        deadline = time.monotonic() + PATIENCE
        key, document = str(uuid4()), body() if body is not None else None
        while True:
            headers = {"Idempotency-Key": key} if method == "POST" else {}
            content = {"json": document} if document is not None else {}
            answer = await self._try(method, path, headers=headers, **content, **more)
            if answer is not None and body is not None and _came_too_late(answer):
                key, document = str(uuid4()), body()  # nothing was done with the first
                await asyncio.sleep(0.3)
                continue
            if answer is not None and not _to_be_asked_again(answer):
                return answer
            assert time.monotonic() < deadline, f"nobody answers to {method} {path}: {answer and answer.text}"
            await asyncio.sleep(0.3)

    async def _try(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self._client.request(method, path, **more)
        except httpx.TransportError:
            return None


def _to_be_asked_again(answer: httpx.Response) -> bool:
    in_flight = answer.status_code == codes.CONFLICT and json.loads(answer.text).get("code") == "request_in_flight"
    return answer.status_code >= codes.INTERNAL_SERVER_ERROR or answer.status_code in _AGAIN or in_flight


def _came_too_late(answer: httpx.Response) -> bool:
    """Whether the time that was asked for has passed meanwhile: on a busy machine, or after some tries."""
    return answer.status_code == codes.BAD_REQUEST and ("in_past" in answer.text or "no_occurrence" in answer.text)


def _in(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
