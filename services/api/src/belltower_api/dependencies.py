"""What operations need: who asks, and what they work with."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response

from belltower.db.api_keys import Principal, find_principal
from belltower.db.engine import is_outage
from belltower.outcomes import Outcomes
from belltower_api.errors import Unauthorised, UnsupportedMediaType
from belltower_api.etag import with_etag
from belltower_api.idempotency import answered_once
from belltower_api.live import Live
from belltower_api.settings import ApiSettings

bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An account's API key: `Authorization: Bearer bt_...`"
)
"""For OpenAPI; `AccountRoute` does the work."""

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Resources:
    """What `create_app` built for the operations."""

    settings: ApiSettings
    engine: AsyncEngine
    """For transactions."""
    reader: AsyncEngine
    """The same pool in autocommit, for single reads: they need no BEGIN and no COMMIT."""
    outcomes: Outcomes
    live: Live
    list_readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """How many lists of numbers are read at once: what they take of memory and processor is bounded."""


class AccountRoute(APIRoute):
    """An operation for accounts. Who asks is found out before a byte of the body is read.

    A POST is done once for each `Idempotency-Key`; an answer to GET has an ETag.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        media_type = getattr(self.body_field.field_info, "media_type", None) if self.body_field else None

        async def for_an_account(request: Request) -> Response:
            principal = request.state.principal = await _authenticate(request)
            if media_type is not None:
                _expect(request, media_type)
            if request.method == "POST":
                return await answered_once(request, resources(request).reader, principal.account_id, handle)
            return with_etag(request, await handle(request))

        return for_an_account


async def _authenticate(request: Request) -> Principal:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise Unauthorised("An API key is needed. Send it as the header `Authorization: Bearer <key>`.")
    async with resources(request).reader.connect() as connection:
        principal = await find_principal(connection, key) if len(key) <= _LONGEST_KEY else None
    if principal is None:
        raise Unauthorised("This API key is not valid. Check that all of it was sent.", ', error="invalid_token"')
    return principal


async def is_still_allowed(request: Request) -> bool:
    """Whether whoever asked still may: for an answer that lasts. While nobody can tell, it goes on."""
    try:
        await _authenticate(request)
    except Unauthorised:
        return False
    except Exception as error:
        if not is_outage(error):
            raise
    return True


def _expect(request: Request, media_type: str) -> None:
    """Refuse a body of another type than the operation reads; without a body its absence is the news."""
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != media_type and (given or request.headers.get("Content-Length", "0") != "0"):
        raise UnsupportedMediaType(f"Send the body as {media_type}, and say so in the Content-Type header.")


def resources(request: Request) -> Resources:
    """What `create_app` built."""
    found: Resources = request.app.state.resources
    return found


# Dependencies are coroutines: FastAPI sends plain functions to a thread, at every request.


async def _resources(request: Request) -> Resources:
    return resources(request)


async def _principal(request: Request) -> Principal:
    found: Principal = request.state.principal
    return found


Res = Annotated[Resources, Depends(_resources)]
Asker = Annotated[Principal, Depends(_principal)]
"""Who asks, as `AccountRoute` found out."""
