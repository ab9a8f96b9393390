"""The box of a listener to live events: the latest of each campaign, in order, within bounds."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from starlette.types import Message

from belltower.db.changes import Moment
from belltower_api import live
from belltower_api.live import Listener
from belltower_api.routes import stream
from belltower_api.routes.stream import EventStream

BEFORE, AFTER = Moment(1, "10:10:"), Moment(1, "20:25:22")


def frame(word: str) -> bytes:
    return f"event: campaign\ndata: {word}\n".encode()


async def test_a_listener_who_comes_late_gets_the_latest_of_each_campaign_only() -> None:
    one, other = uuid4(), uuid4()
    box = Listener(BEFORE)
    box.put({one: frame("one, before"), other: frame("other")}, BEFORE)
    box.put({one: frame("one, after")}, AFTER)
    assert await box.take(1) == frame("other") + b"\n" + frame("one, after") + b"id: 1-20\n\n"


async def test_silence_is_a_comment_that_moves_the_position() -> None:
    box = Listener(BEFORE)
    box.put({}, AFTER)
    assert await box.take(0) == b":\nid: 1-20\n\n"


async def test_more_than_a_box_holds_is_a_reset_and_what_follows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_CHANGES", 2)
    monkeypatch.setattr(live, "RESET_INTERVAL", 0.05)
    box = Listener(BEFORE)
    box.put({uuid4(): frame("lost") for _ in range(3)}, BEFORE)
    box.put({uuid4(): frame("kept")}, AFTER)
    taken = await box.take(1)
    assert taken.startswith(b'event: reset\ndata: {"detail":')
    assert taken.endswith(b"\n\n" + frame("kept") + b"id: 1-20\n\n")
    box.put({uuid4(): frame("next")}, AFTER)
    assert await box.take(0) == b":\n\n", "whoever loads everything anew is left in peace for a while"
    assert await box.take(1) == frame("next") + b"id: 1-20\n\n"


async def test_a_box_that_is_closed_gives_out_what_it_has() -> None:
    box = Listener(BEFORE)
    box.put({UUID(int=1): frame("last")}, AFTER)
    box.close()
    assert box.is_closed
    assert await box.take(1) == frame("last") + b"id: 1-20\n\n"


async def test_a_stream_of_which_nothing_is_read_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STALLED", 0.05)
    sent: list[str] = []

    async def send(message: Message) -> None:
        sent.append(message["type"])
        if len(sent) > 2:
            await asyncio.Event().wait()

    async def for_ever() -> AsyncIterator[bytes]:
        while True:
            yield b":\n\n"

    async with asyncio.timeout(5):
        await EventStream(for_ever()).stream_response(send)
    assert sent == ["http.response.start", "http.response.body", "http.response.body"]


@pytest.mark.parametrize(
    "position", ["", "x", "1", "1-", "-1", "1-2-3", "1-2 ", "1-9999999999999999999", "1\n-2", "1-²"], ids=repr
)
def test_what_is_no_position_is_no_moment(position: str) -> None:
    assert Moment.at(position) is None


def test_a_position_is_the_oldest_that_was_not_seen() -> None:
    assert Moment.at(AFTER.position) == Moment(1, "20:20:")
    assert AFTER.follows(BEFORE)
    assert not BEFORE.follows(AFTER)
    assert not AFTER.follows(Moment(2, "10:10:"))
