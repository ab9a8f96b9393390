"""Live events (server-sent events; HTML standard, 9.2)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, is_still_allowed
from belltower_api.live import Listener
from belltower_api.problems import problems

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/api/stream", tags=["Live"], route_class=AccountRoute, dependencies=AUTHENTICATED)

HEARTBEAT = 15.0
"""Seconds of silence after which something is sent."""
CHECK_INTERVAL = 30.0
"""Seconds between two looks whether the key is still valid, or the session still goes on."""
STALLED = 60.0
"""Seconds for which a client may read nothing of what was sent."""
_RETRY = b"retry: 2000\n"
"""Milliseconds after which a browser comes again when the stream ended."""

_EVENTS = {"campaign": "Campaign", "campaign_deleted": "CampaignDeleted", "reset": "Reset"}
_EXAMPLE = """\
retry: 2000
:
id: 1893495600000000-81273

event: campaign
data: {"id":"0198c5f2-7a30-7c41-9d0a-3f5e2b8c6d11","name":"Delivery notice","status":"processing","version":7}
id: 1893495600000000-81290

event: campaign_deleted
data: {"id":"0198c5f2-7a30-7c41-9d0a-3f5e2b8c6d11"}
id: 1893495600000000-81342

"""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, until one side ends the stream.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": _EXAMPLE,
                # As OpenAPI 3.2 describes the items of a stream; before that they are unknown, and harmless.
                "itemSchema": {
                    "oneOf": [
                        {
                            "type": "object",
                            "required": ["event", "data"],
                            "properties": {
                                "event": {"const": event},
                                "data": {
                                    "type": "string",
                                    "contentMediaType": "application/json",
                                    "contentSchema": {"$ref": f"#/components/schemas/{schema}"},
                                },
                                "id": {"type": "string"},
                            },
                        }
                        for event, schema in _EVENTS.items()
                    ]
                },
            }
        },
    }
}


class EventStream(StreamingResponse):
    """A stream of events that nobody on the way keeps or holds up, and that ends when its reader takes nothing for too long."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        """Send everything. A reader that vanished without a word would otherwise keep its place for ever."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(STALLED):
                await send(message)

        try:
            await super().stream_response(send_in_time)
        except TimeoutError:
            log.info("stream_stalled")


async def _listener(
    res: Res,
    asker: Asker,
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="The `id` of the last event that arrived; browsers send it by themselves.",
        ),
    ] = None,
) -> AsyncIterator[Listener]:
    async with res.live.listen(asker.account_id, last_event_id) as listener:
        yield listener


@router.get(
    "",
    summary="Follow the campaigns live",
    status_code=200,
    response_class=EventStream,
    responses={**_STREAM, **problems(401, 429)},
)
async def follow_campaigns(request: Request, listener: Annotated[Listener, Depends(_listener)]) -> EventStream:
    """Every change of the account's campaigns, within a second, as server-sent events.

    - `campaign`: a campaign that is new or changed, in status or progress, as `GET /api/campaigns/{id}` shows it. A campaign
      that changes all the time has ten events a second at most. Ignore one whose `version` is not greater than what you have.
    - `campaign_deleted`: it is no more.
    - `reset`: not every change can be told. Load again what you show.

    Open the stream first and load lists then: nothing is missed between. A client that comes again with `Last-Event-ID` is
    told what changed in the meantime; something may be told twice.
    """
    return EventStream(_events(request, listener))


async def _events(request: Request, listener: Listener) -> AsyncIterator[bytes]:
    """What is sent until the process ends, or whoever listens may not any more."""
    loop = asyncio.get_running_loop()
    checked_at = loop.time()
    yield _RETRY + await listener.take(0)
    while not listener.is_closed:
        events = await listener.take(HEARTBEAT)
        if loop.time() - checked_at >= CHECK_INTERVAL:
            if not await is_still_allowed(request):
                return
            checked_at = loop.time()
        yield events
