"""A campaign is followed through whatever happens to its stream."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from belltower_cli.api import Api, Failure, Refused, Unreachable
from belltower_cli.following import Lost, follow

ID, OTHER = "0198c5f2-7a30-7c41-9d0a-3f5e2b8c6d11", "0198c5f2-7a30-7c41-9d0a-3f5e2b8c6d12"


def campaign(version: int, status: str = "processing", campaign_id: str = ID) -> dict[str, Any]:
    return {"id": campaign_id, "version": version, "status": status}


def told(name: str, data: dict[str, Any], position: str) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\nid: {position}\n\n".encode()


def problem(status: int, code: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "No."}, headers=headers)


class Broken(httpx.SyncByteStream):
    """A stream that breaks after some bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.ReadError("reset by peer")


class Server:
    """An API whose streams do what is told, one after another. A campaign is as old as `version` when it is read."""

    def __init__(
        self, *streams: bytes | httpx.Response | Exception, version: int = 1, status: str = "processing"
    ) -> None:
        self._streams = list(streams)
        self.read = campaign(version, status)
        self.positions: list[str | None] = []
        """The `Last-Event-ID` of each stream."""
        self.reads = 0
        self.refusal: httpx.Response | None = None
        """Of who reads the campaign."""
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/api/stream":
            self.reads += 1
            return self.refusal or httpx.Response(200, json=self.read)
        self.positions.append(request.headers.get("Last-Event-ID"))
        stream = self._streams.pop(0)
        if isinstance(stream, Exception):
            raise stream
        return stream if isinstance(stream, httpx.Response) else httpx.Response(200, content=stream)

    def follow(self) -> Iterator[dict[str, Any] | Lost]:
        api = Api("http://belltower.example", "key", transport=httpx.MockTransport(self))
        return follow(api, ID, sleep=self.pauses.append)


BEGIN = b"retry: 2000\n:\nid: 1\n\n"
END = told("campaign", campaign(9, "completed"), "9")


def test_a_campaign_is_followed_from_what_it_is_to_its_end() -> None:
    other = told("campaign", campaign(5, "completed", OTHER), "2") + told("weather", {"is": "fine"}, "2")
    server = Server(BEGIN + told("campaign", campaign(2), "2") + other + b":\n\n" + END)
    assert list(server.follow()) == [campaign(1), campaign(2), campaign(9, "completed")]
    assert server.reads == 1


def test_a_campaign_that_has_ended_is_shown_and_nothing_is_waited_for() -> None:
    server = Server(BEGIN, status="completed")
    assert list(server.follow()) == [campaign(1, "completed")]


def test_a_broken_stream_is_resumed_where_it_was() -> None:
    first = httpx.Response(200, stream=Broken(BEGIN + told("campaign", campaign(2), "2") + b"event: campaign\ndata: {"))
    server = Server(first, told("campaign", campaign(2), "2") + END)
    states = list(server.follow())
    assert [state for state in states if not isinstance(state, Lost)] == [
        campaign(1),
        campaign(2),
        campaign(9, "completed"),
    ], "what is told twice is shown once"
    assert [type(state) for state in states].count(Lost) == 1
    assert server.positions == [None, "2"]
    assert server.reads == 1, "a position says all"


def test_a_reset_has_the_campaign_read_again() -> None:
    server = Server(BEGIN + told("reset", {"detail": "Load again."}, "3") + END)
    states = server.follow()
    assert next(states) == campaign(1)
    server.read = campaign(4)
    assert list(states) == [campaign(4), campaign(9, "completed")]


def test_a_reset_is_not_forgotten_when_the_campaign_cannot_be_read() -> None:
    server = Server(BEGIN + told("reset", {"detail": "Load again."}, "3"), BEGIN)
    states = server.follow()
    assert next(states) == campaign(1)
    server.refusal = problem(503, "unavailable")
    assert isinstance(next(states), Lost)
    server.refusal, server.read = None, campaign(9, "completed")
    assert list(states) == [campaign(9, "completed")]
    assert server.positions == [None, None], "a position would hide what the reset was for"


def test_pauses_grow_while_nobody_answers_and_are_those_that_the_server_asks_for() -> None:
    gone = httpx.ConnectError("refused")
    busy = problem(429, "too_many_streams", {"Retry-After": "10"})
    server = Server(BEGIN, gone, gone, gone, gone, gone, busy, END)
    list(server.follow())
    assert server.pauses == [2, 4, 8, 16, 30, 30, 30]
    assert server.positions == [None, *["1"] * 7]

    server = Server(BEGIN, busy, END)
    list(server.follow())
    assert server.pauses == [2, 10]

    server = Server(BEGIN, gone, gone, b":\nid: 2\n\n", END)
    list(server.follow())
    assert server.pauses == [2, 4, 8, 2], "who was let in begins anew"


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        pytest.param(httpx.ConnectError("refused"), Unreachable, id="nobody answers"),
        pytest.param(problem(429, "too_many_streams"), Refused, id="too many streams"),
        pytest.param(problem(401, "unauthorised"), Refused, id="a wrong key"),
    ],
)
def test_what_cannot_even_begin_is_a_failure(stream: Any, kind: type[Failure]) -> None:
    with pytest.raises(kind):
        list(Server(stream).follow())


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(lambda: problem(401, "unauthorised"), id="the key was revoked"),
        pytest.param(lambda: told("campaign_deleted", {"id": ID}, "4"), id="the campaign was deleted"),
    ],
)
def test_what_will_not_pass_is_a_failure(second: Callable[[], Any]) -> None:
    with pytest.raises(Failure):
        list(Server(BEGIN, second()).follow())


def test_another_campaign_may_be_deleted() -> None:
    server = Server(BEGIN + told("campaign_deleted", {"id": OTHER}, "4") + END)
    assert list(server.follow())[-1] == campaign(9, "completed")
