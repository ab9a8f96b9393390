"""Server-sent events, however a network cuts them."""

import pytest

from belltower_cli.server_sent_events import Event, Parser

STREAM = (
    "retry: 1500\n:\nid: 1-1\n\n"
    'event: campaign\ndata: {"name":"Zoë\u2028\x85"}\n\n'
    "event: campaign\ndata: 2\nid: 1-2\n\n"
    ":\n\n"
    "event: reset\ndata: 3\ndata: 4\n\n"
).encode()
EVENTS = [Event("campaign", '{"name":"Zoë\u2028\x85"}'), Event("campaign", "2"), Event("reset", "3\n4")]


def read(parser: Parser, stream: bytes, size: int) -> list[Event]:
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_the_same_however_the_stream_is_cut(size: int, ending: bytes) -> None:
    parser = Parser()
    found = read(parser, STREAM.replace(b"\n", ending), size)
    found += parser.feed(b"\n" if ending == b"\r" else b"")
    assert found == EVENTS
    assert parser.position == "1-2"
    assert parser.retry == 1.5


def test_a_position_counts_once_its_event_is_complete() -> None:
    parser = Parser()
    assert read(parser, b"id: 7\n\ndata: a\nid: 8\n", 1000) == []
    assert parser.position == "7", "the event before 8 has not been told"


def test_what_came_in_part_is_forgotten_by_the_next_stream() -> None:
    parser = Parser()
    read(parser, b"id: 7\n\nevent: campaign\ndata: lost\nid: 8\nda", 1000)
    parser.restart()
    assert read(parser, b"data: new\n\n", 1000) == [Event("message", "new")]
    assert parser.position == "7"


def test_what_the_standard_ignores_is_ignored() -> None:
    parser = Parser()
    stream = b"id: 1\0\nretry: soon\nunknown: x\ndata:no space\nnocolon\n\nevent: nothing\n\n"
    assert read(parser, stream, 1000) == [Event("message", "no space")]
    assert (parser.position, parser.retry) == ("", 2.0)
