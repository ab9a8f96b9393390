"""A campaign as it changes: the live stream, resumed for as long as somebody wants to know."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from belltower.domain.campaign import FINAL
from belltower_cli.api import Api, Failure, Json, Refused
from belltower_cli.server_sent_events import Parser

_SILENCE = 45
"""Seconds without a byte after which the line is dead: the API says something every 15."""
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to come back."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream broke; it is resumed."""

    why: str


def follow(api: Api, campaign_id: str, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[Json | Lost]:
    """The campaign as it is, then each later state of it, until one is final.

    A stream that breaks is resumed where it was. Raises `Failure` when it cannot even begin, when the campaign is deleted, and
    when the API does not want us any more.
    """
    parser, version, attempts = Parser(), -1, 0
    while True:
        parser.restart()
        began_at, pause = parser.position, 0.0
        try:
            for campaign in _states(api, campaign_id, parser):
                if campaign["version"] > version:
                    version = campaign["version"]
                    yield campaign
                    if campaign["status"] in FINAL:
                        return
            why = "The server ended the stream."
        except Failure as failure:
            if version < 0 or not failure.is_passing:
                raise
            why = str(failure)
            pause = failure.retry_after if isinstance(failure, Refused) else 0.0
        if parser.position != began_at:
            attempts = 0
        yield Lost(why)
        sleep(max(pause, min(parser.retry * 2**attempts, _LONGEST_PAUSE)))
        attempts = min(attempts + 1, 10)


def _states(api: Api, campaign_id: str, parser: Parser) -> Iterator[Json]:
    """What one stream tells of a campaign. Where no position is known the campaign is read once it is open: nothing is missed."""
    path = f"/api/campaigns/{campaign_id}"
    headers = {"Last-Event-ID": parser.position} if parser.position else {}
    with api.stream("/api/stream", headers=headers, silence=_SILENCE) as pieces:
        if not parser.position:
            yield api.get(path)
        for piece in pieces:
            for event in parser.feed(piece):
                match event.name:
                    case "reset":
                        parser.position = ""  # should the stream break before the next, the campaign is read again
                        yield api.get(path)
                    case "campaign" if (told := json.loads(event.data))["id"] == campaign_id:
                        yield told
                    case "campaign_deleted" if json.loads(event.data)["id"] == campaign_id:
                        raise Failure("The campaign was deleted.")
