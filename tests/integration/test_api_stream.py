"""Live events over real sockets: nothing is missed in whatever order transactions commit, nobody holds anybody up."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.types import Message
from tests.support.api import Api, api_settings, campaign, refused
from tests.support.eventually import eventually
from tests.support.processes import Start
from tests.support.proxy import Proxy
from tests.support.world import World

from belltower.db.changes import Changes, get_changes
from belltower.db.engine import create_engine
from belltower.db.progress import fold
from belltower.db.sessions import create_session
from belltower.domain.credentials import new_session_token
from belltower.runtime.process import serve_http
from belltower_api import live
from belltower_api.app import create_app
from belltower_api.dependencies import COOKIE
from belltower_api.routes import stream
from belltower_local import ports

APPEND = (
    "INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_reached) VALUES (:account, :id, -1, 1)"
)
MOVE = "UPDATE campaigns SET status = :status, next_due_at = NULL WHERE id = :id"


class Events:
    """What arrives of a stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.lines: list[str] = []
        """All that arrived."""
        self.position = ""
        """The latest `id`."""
        self._arrived: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()

    async def read(self) -> None:
        """Read to the end."""
        name, data = "", None
        async for line in self.response.aiter_lines():
            self.lines.append(line)
            label, _, value = line.partition(": ")
            if label == "id":
                self.position = value
            elif label == "event":
                name = value
            elif label == "data":
                data = json.loads(value)
            if data is not None and not line:
                self._arrived.put_nowait((name, data))
                data = None
        self._arrived.put_nowait(None)

    async def begin(self) -> str:
        """Wait until it has begun; the position there."""

        async def greeted() -> str:
            return self.position

        return await eventually(greeted)

    async def next(self, timeout: float = 10) -> tuple[str, dict[str, Any]]:
        """The next event and its data; raises `EOFError` at the end of the stream."""
        async with asyncio.timeout(timeout):
            arrived = await self._arrived.get()
        if arrived is None:
            raise EOFError
        return arrived

    async def until(self, wanted: Callable[[dict[str, Any]], object]) -> list[dict[str, Any]]:
        """The data of events up to the first that is wanted."""
        found: list[dict[str, Any]] = []
        while not found or not wanted(found[-1]):
            found.append((await self.next())[1])
        return found

    async def nothing(self, seconds: float) -> None:
        """Make sure that no event arrives."""
        with pytest.raises(TimeoutError):
            raise AssertionError(await self.next(seconds))


@asynccontextmanager
async def listening(client: httpx.AsyncClient, headers: Mapping[str, str] | None = None) -> AsyncIterator[Events]:
    async with client.stream("GET", "/api/stream", headers=headers) as response:
        events = Events(response)
        reader = asyncio.create_task(events.read())
        if response.is_success:
            await events.begin()
        try:
            yield events
        finally:
            reader.cancel()
            await asyncio.wait([reader])


@dataclass
class Served:
    """The API on a socket; its own statements are counted."""

    api: Api
    app: FastAPI
    url: str
    statements: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def follow(self, api: Api | None = None, since: str | None = None) -> AsyncIterator[Events]:
        """The events of an account from now on, or since a position."""
        headers = {"Authorization": (api or self.api).client.headers["Authorization"]}
        if since is not None:
            headers["Last-Event-ID"] = since
        async with (
            httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20) as client,
            listening(client, headers) as events,
        ):
            yield events

    async def refusal(self, api: Api | None = None) -> httpx.Response:
        """The answer to one who may not listen."""
        headers = {"Authorization": (api or self.api).client.headers["Authorization"]}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False) as client:
            return await client.get("/api/stream")

    async def position(self) -> str:
        """This moment's."""
        async with self.follow() as events:
            return events.position


@asynccontextmanager
async def serving(api: Api, database_url: str) -> AsyncIterator[Served]:
    settings = api_settings(database_url, http_port=ports.any_free())
    engine = create_engine(settings, name="streams")
    app, stopping = create_app(settings, engine), asyncio.Event()
    served = Served(api, app, f"http://127.0.0.1:{settings.http_port}")

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def _count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        served.statements.append(statement)

    server = asyncio.create_task(serve_http(app, settings, stopping))

    async def answers() -> bool:
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            try:
                return (await client.get("/livez")).is_success
            except httpx.TransportError:
                return False

    await eventually(answers)
    yield served
    app.state.resources.live.close()
    stopping.set()
    await server
    await engine.dispose()


@pytest.fixture
async def served(api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """The API on a socket; it looks more often than it really does, so that tests are quick."""
    monkeypatch.setattr(live, "INTERVAL", 0.1)
    monkeypatch.setattr(live, "RESET_INTERVAL", 0.1)
    async with serving(api, database_url) as running:
        yield running


async def created(api: Api, **changes: Any) -> dict[str, Any]:
    answer = await api.create(**changes)
    assert answer.status_code == 201, answer.text
    return dict((await api.client.get(answer.headers["location"])).json())


async def test_a_campaign_is_seen_from_its_creation_to_its_end_as_it_can_be_read(served: Served) -> None:
    api = served.api
    async with served.follow() as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        assert events.response.headers["cache-control"] == "no-store"
        assert events.response.headers["x-accel-buffering"] == "no"
        assert "etag" not in events.response.headers
        new = await created(
            api, calling_window={"hours": None, "holidays": ["2033-12-25"]}, expires_at="2033-05-17T18:00Z"
        )
        assert await events.next() == ("campaign", new)
        path = f"/api/campaigns/{new['id']}"

        await api.execute(APPEND, account=api.account, id=new["id"])
        name, progressed = await events.next()
        assert (name, progressed) == ("campaign", (await api.client.get(path)).json())
        assert (progressed["progress"]["successful"], progressed["progress"]["waiting"]) == (1, 0)
        assert progressed["version"] > new["version"]

        await api.execute(MOVE, status="completed", id=new["id"])
        _, completed = await events.next()
        assert completed == (await api.client.get(path)).json()
        assert completed["version"] > progressed["version"]

        assert await fold(api.engine, api.account) > 0
        assert (await api.client.get(path)).json() == completed, "folding is no change"
        assert (await api.client.delete(path)).status_code == 204
        await events.until(lambda data: data == {"id": new["id"]})


async def test_an_edit_is_seen_as_it_can_be_read(served: Served) -> None:
    api = served.api
    new = await created(api, is_scheduled=True, scheduled_time="2035-07-01T09:30")
    path = f"/api/campaigns/{new['id']}"
    async with served.follow() as events:
        for patch in ({"name": "Another"}, {"contacts": {"add": {"phone_numbers": ["+14155550199"]}}}):
            assert (await api.client.patch(path, json=patch, headers={"If-Match": "*"})).status_code == 200
            assert await events.next() == ("campaign", (await api.client.get(path)).json())


async def test_a_test_call_is_seen_and_says_that_it_is_one(served: Served) -> None:
    async with served.follow() as events:
        test = {"phone": "+14155550123", "welcome_message": "Hello."}
        made = (await served.api.client.post("/api/test-calls", json=test)).json()
        name, seen = await events.next()
        assert (name, seen["id"], seen["is_test"]) == ("campaign", made["id"], True)
        await created(served.api)
        assert not (await events.next())[1]["is_test"]


async def test_another_accounts_campaigns_are_never_seen(served: Served) -> None:
    other = await served.api.another_account()
    async with served.follow() as events, served.follow(other) as others:
        theirs = await created(other)
        await served.api.execute(APPEND, account=other.account, id=theirs["id"])
        await others.until(lambda data: data["progress"]["successful"])
        await events.nothing(2 * live.INTERVAL)
        mine = await created(served.api)
        assert (await events.next())[1]["id"] == mine["id"]
        await others.nothing(2 * live.INTERVAL)


async def test_a_stream_needs_a_key(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        refused(await client.get("/api/stream"), 401, "unauthorised")


async def test_what_changes_all_the_time_is_told_once_an_interval(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "INTERVAL", 0.5)
    new = await created(served.api, phone_numbers=[f"+1415{n}" for n in range(2_000_000, 2_000_080)])
    async with served.follow() as events:
        began = time.monotonic()
        reader = asyncio.create_task(events.until(lambda data: data["progress"]["successful"] == 80))
        for _ in range(80):
            await served.api.execute(APPEND, account=served.api.account, id=new["id"])
            await asyncio.sleep(0.01)
            await fold(served.api.engine, served.api.account)
        told = await reader
        seconds = time.monotonic() - began
    assert 2 <= len(told) <= 2 + seconds / 0.5
    versions = [data["version"] for data in told]
    assert versions == sorted(set(versions))
    assert all(data["progress"]["total"] == 80 for data in told)


async def test_whoever_comes_again_is_told_what_happened_meanwhile(served: Served) -> None:
    api = served.api
    still, moved, folded, gone = [await created(api, name=name) for name in ("still", "moved", "folded", "gone")]
    async with served.follow() as events:
        position = events.position
    await api.execute(MOVE, status="failed", id=moved["id"])
    await api.execute(APPEND, account=api.account, id=folded["id"])
    while await fold(api.engine, api.account):
        pass
    await api.execute("UPDATE campaigns SET deleted_at = now(), next_due_at = NULL WHERE id = :id", id=gone["id"])
    async with served.follow(since=position) as events:
        begun_at = events.lines.index(f"id: {events.position}")
        assert "event: campaign" in events.lines[:begun_at], "nobody has come so far who has not got the events"
        told: set[tuple[str, str]] = set()
        while len(told) < 3:  # something may be told twice
            name, data = await events.next()
            told.add((name, data["id"]))
        assert told == {("campaign", moved["id"]), ("campaign", folded["id"]), ("campaign_deleted", gone["id"])}
        await api.execute(MOVE, status="failed", id=still["id"])
        await events.until(lambda data: data["id"] == still["id"])


@pytest.mark.parametrize("lost", [False, True], ids=["live", "resumed"])
@pytest.mark.parametrize("change", [MOVE, APPEND], ids=["status", "progress"])
async def test_a_transaction_that_began_before_and_commits_after_what_was_seen_is_seen(
    served: Served, change: str, lost: bool
) -> None:
    api = served.api
    early, late = await created(api, name="early"), await created(api, name="late")
    async with served.follow() as events, api.engine.connect() as slow:
        parameters = {"account": api.account, "id": early["id"], "status": "paused"}
        await slow.execute(text(change), parameters)
        for name in ("later", "latest"):
            await api.execute("UPDATE campaigns SET name = :name WHERE id = :id", name=name, id=late["id"])
            assert (await events.next())[1]["name"] == name
        if lost:
            await events.response.aclose()
        await slow.commit()
        async with served.follow(since=events.position) as again:
            told = await (again if lost else events).until(lambda data: data["id"] == early["id"])
    assert told[-1]["version"] > early["version"]
    assert told[-1]["status"] == ("paused" if change is MOVE else "pending")
    assert told[-1]["progress"]["successful"] == (change is APPEND)


async def test_positions_that_nobody_can_know_are_a_reset(served: Served) -> None:
    server, xmin = (await served.position()).split("-")
    for position in ("", "what?", "1-1", f"{int(server) - 1}-{xmin}", f"{server}-{int(xmin) + 10**9}"):
        async with served.follow(since=position) as events:
            name, data = await events.next()
            assert (name, list(data)) == ("reset", ["detail"]), position
            assert events.position.startswith(f"{server}-")
            assert len(events.position) < 60
            if position == "what?":
                new = await created(served.api)
                assert (await events.next())[1]["id"] == new["id"], "what follows is told"


async def test_a_database_that_was_started_anew_is_a_reset(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def another_servers(*args: Any, **limits: Any) -> Changes:
        changes = await get_changes(*args, **limits)
        return replace(changes, moment=replace(changes.moment, server=1))

    async with served.follow() as events:
        monkeypatch.setattr(live, "get_changes", another_servers)
        assert (await events.next())[0] == "reset"
        new = await created(served.api)
        assert (await events.next())[1]["id"] == new["id"]
        assert events.position.startswith("1-")


async def test_too_much_at_once_is_a_reset_for_that_account_only(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_CHANGES", 20)
    api, other = served.api, await served.api.another_account()
    ids = [(await created(api))["id"] for _ in range(21)]
    position = await served.position()
    async with served.follow() as events, served.follow(other) as others:
        async with api.engine.begin() as connection:
            for campaign_id in ids[:20]:
                await connection.execute(text(MOVE), {"id": campaign_id, "status": "paused"})
        await created(other)
        told = [await events.next() for _ in range(20)]
        assert {data["id"] for name, data in told if name == "campaign"} == set(ids[:20]), "as many as there may be"
        async with api.engine.begin() as connection:
            await connection.execute(
                text("UPDATE campaigns SET status = 'failed', next_due_at = NULL WHERE account_id = :id"),
                {"id": api.account},
            )
        await created(other)
        assert (await events.next())[0] == "reset"
        assert [(await others.next())[0] for _ in range(2)] == ["campaign", "campaign"]
        await api.execute(MOVE, status="failed", id=ids[0])
        assert (await events.next())[1]["id"] == ids[0]
    async with served.follow(since=position) as events:
        assert (await events.next())[0] == "reset", "the position is too old"


async def test_one_who_does_not_read_holds_nobody_up_and_gets_the_latest_in_the_end(served: Served) -> None:
    api = served.api
    ids = [(await created(api))["id"] for _ in range(5)]
    chunks: list[bytes] = []
    reads_again = asyncio.Event()

    async def send(message: Message) -> None:
        if chunk := message.get("body"):
            chunks.append(chunk)
            if len(chunks) > 1:
                await reads_again.wait()

    async def receive() -> Message:
        return await asyncio.Future()

    authorisation = api.client.headers["Authorization"].encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/stream",
        "query_string": b"",
        "headers": [(b"authorization", authorisation)],
    }
    slow = asyncio.create_task(served.app(scope, receive, send))
    await eventually(lambda: open_streams(served, 1))
    async with served.follow() as events:
        for turn in range(5):
            await api.execute(
                "UPDATE campaigns SET name = :name WHERE account_id = :id", name=str(turn), id=api.account
            )
            told = [(await events.next())[1] for _ in ids]
            assert {data["name"] for data in told} == {str(turn)}
    assert len(chunks) == 2, "it still has what it was sent first"
    reads_again.set()

    async def has_all() -> bool:
        return len(chunks) == 3

    await eventually(has_all)
    assert b'"name":"0"' in chunks[1]
    assert (chunks[2].count(b'"name":'), chunks[2].count(b'"name":"4"')) == (5, 5)
    slow.cancel()
    await asyncio.wait([slow])


async def test_all_listeners_cost_one_statement_a_look_and_nobody_costs_none(served: Served) -> None:
    other = await served.api.another_account()

    async def asked(seconds: float) -> list[str]:
        served.statements.clear()
        await asyncio.sleep(seconds)
        return list(served.statements)

    async with served.follow(), served.follow(), served.follow(), served.follow(other):
        looks = await asked(4 * live.INTERVAL)
        assert 2 <= len(looks) <= 5
        assert len(set(looks)) == 1
    await asyncio.sleep(2 * live.INTERVAL)
    assert await asked(3 * live.INTERVAL) == []


async def test_an_account_has_so_many_streams_and_no_more(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_OF_ACCOUNT", 2)
    monkeypatch.setattr(live, "MOST_STREAMS", 3)
    other = await served.api.another_account()

    async def refused_stream(said: str) -> None:
        answer = await served.refusal()
        refused(answer, 429, "too_many_streams", said)
        assert int(answer.headers["retry-after"]) > 0

    async with served.follow(other), served.follow():
        async with served.follow():
            await refused_stream("server")
        await eventually(lambda: open_streams(served, 2))
        monkeypatch.setattr(live, "MOST_OF_ACCOUNT", 1)
        await refused_stream("account")
    await eventually(lambda: open_streams(served, 0))
    async with served.follow():
        pass


async def open_streams(served: Served, expected: int) -> bool:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        return f"belltower_streams {expected}.0" in (await client.get("/metrics")).text


async def test_a_key_that_is_revoked_ends_its_stream(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    monkeypatch.setattr(stream, "CHECK_INTERVAL", 0.1)
    async with served.follow() as events:
        await events.nothing(0.5)
    async with served.follow() as events:
        await served.api.execute("UPDATE api_keys SET revoked_at = now() WHERE account_id = :id", id=served.api.account)
        with pytest.raises(EOFError):
            await events.next()


async def test_a_person_who_signs_out_hears_nothing_more(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    monkeypatch.setattr(stream, "CHECK_INTERVAL", 0.1)
    api, token = served.api, new_session_token()
    async with api.engine.begin() as connection:
        user = await connection.execute(text("SELECT id FROM users WHERE account_id = :id"), {"id": api.account})
        await create_session(connection, user.scalar_one(), token)
    async with (
        httpx.AsyncClient(base_url=served.url, cookies={COOKIE: token}, trust_env=False) as browser,
        listening(browser) as events,
    ):
        await events.nothing(0.5)
        await api.execute("DELETE FROM sessions")
        with pytest.raises(EOFError):
            await events.next()


async def test_silence_is_broken_by_a_comment(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    async with served.follow() as events:

        async def silent() -> bool:
            return len(events.lines) >= 7

        await eventually(silent)
        position = f"id: {events.position}"
        assert events.lines[:7] == ["retry: 2000", ":", position, "", ":", position, ""]


async def test_streams_outlive_the_databases_absence(
    api: Api, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "OUTAGE_INTERVAL", 0.2)
    new = await created(api)
    async with Proxy(database_url) as proxy, serving(api, proxy.url) as served, served.follow() as events:
        await proxy.cut()
        await api.execute(MOVE, status="paused", id=new["id"])
        await events.nothing(3 * live.INTERVAL)
        refused(await served.refusal(), 503, "unavailable")
        await proxy.mend()
        assert (await events.next())[1]["status"] == "paused"


async def test_streams_end_at_once_with_the_process_and_are_no_slow_requests(world: World, start: Start) -> None:
    api = start("api")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False) as client:
        async with listening(client):
            pass
        async with listening(client) as events:
            assert (await client.post("/api/campaigns", json=campaign())).status_code == 201
            assert (await events.next())[0] == "campaign"
            metrics = (await client.get("/metrics")).text
            assert 'belltower_http_requests_total{method="GET",route="/api/stream",status="200"} 1.0' in metrics
            assert 'belltower_http_request_seconds_count{method="GET",route="/api/stream"}' not in metrics
            assert "belltower_streams 1.0" in metrics
            began = time.monotonic()
            ending = asyncio.create_task(asyncio.to_thread(api.terminate))
            with pytest.raises(EOFError):
                await events.next()
            assert await ending == 0
            assert time.monotonic() - began < 3
    assert '"level": "error"' not in api.logs
