"""What operations need: who asks, and what they work with."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.responses import Response

from belltower.db.api_keys import find_principal
from belltower.db.engine import is_outage
from belltower.db.sessions import find_session
from belltower.db.totals import Totals
from belltower.domain.errors import Invalid
from belltower.domain.principal import Principal
from belltower.outcomes import Outcomes
from belltower_api import merge_patch
from belltower_api.errors import AdministratorsOnly, OperatorsOnly, RepeatedMember, Unauthorised, UnsupportedMediaType
from belltower_api.etag import with_etag
from belltower_api.idempotency import answered_once
from belltower_api.live import Live
from belltower_api.same_origin import refuse_other_sites
from belltower_api.settings import ApiSettings
from belltower_api.written_calendars import WrittenCalendars

bearer = HTTPBearer(
    auto_error=False, scheme_name="apiKey", description="An account's API key: `Authorization: Bearer bt_...`"
)
COOKIE = "belltower_session"
AUTHENTICATED = [
    Security(bearer),
    Security(
        APIKeyCookie(
            name=COOKIE, auto_error=False, scheme_name="session", description="A person's session: POST /api/session."
        )
    ),
]
"""One of both. For OpenAPI; `AccountRoute` does the work."""

_LONGEST_SECRET = 200
_PLAIN = {merge_patch.MEDIA_TYPE: "application/json"}
"""What else a body of a type may be called."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What `create_app` built for the operations."""

    settings: ApiSettings
    engine: AsyncEngine
    """For transactions."""
    reader: AsyncEngine
    """The same pool in autocommit, for single reads: they need no BEGIN and no COMMIT."""
    callbacks: AsyncEngine
    """A pool of the carrier's callbacks alone: they are not asked for twice, and wait behind no reader."""
    outcomes: Outcomes
    live: Live
    list_readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))
    """How many lists of contacts are read at once: what they take of memory and processor is bounded."""
    file_readers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """The same for large files, behind which nobody else's short list waits."""
    totals: Totals = field(default_factory=Totals)
    calendars: WrittenCalendars = field(default_factory=WrittenCalendars)
    hashers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    """How many passwords are hashed at once, for the same reason."""


class JsonRequest(Request):
    """A request in whose JSON no member comes twice: of two, another server on the way may go by the other one (RFC 8259, 4)."""

    async def json(self) -> Any:
        """The body. Raises `JSONDecodeError` and `RepeatedMember`."""
        if not hasattr(self, "_json"):
            self._json = json.loads(await self.body(), object_pairs_hook=_object)
        return self._json


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = Counter(name for name, _ in members)
        raise RepeatedMember(names.most_common(1)[0][0])
    return found


class AccountRoute(APIRoute):
    """An operation for accounts. Who asks is found out before a byte of the body is read, and whether they may.

    A POST is done once for each `Idempotency-Key`; an answer to GET has an ETag.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        media_type = _media_type(self)
        permissions = [each.call for each in self.dependant.dependencies if each.call in (_administrator, _operator)]

        async def for_an_account(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            principal = request.state.principal = await _authenticate(request)
            for permission in permissions:  # before an answer that was kept is given to somebody else
                await permission(request)
            _expect(request, media_type)
            _refuse_repetitions(request)
            if request.method == "POST":
                return await answered_once(request, resources(request).reader, principal.account_id, handle)
            return with_etag(request, await handle(request))

        return for_an_account


class VisitorRoute(APIRoute):
    """An operation for whoever is not known yet. Only our own pages may ask for it, and no answer of it is kept."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        media_type = _media_type(self)

        async def for_a_visitor(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            refuse_other_sites(request, resources(request).settings.public_url)
            _expect(request, media_type)
            return await handle(request)

        return for_a_visitor


async def _authenticate(request: Request) -> Principal:
    """Who asks: whose API key was sent, else who is signed in. Raises `Unauthorised` and `CrossSite`."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (key := key.strip()):
        return await _found(
            request, find_principal, key, "This API key is not valid. Check that all of it was sent, or sign in."
        )
    if token := request.cookies.get(COOKIE):
        refuse_other_sites(request, resources(request).settings.public_url)
        return await _found(
            request, find_session, token, "This session has ended. Sign in again at /api/session, or send an API key."
        )
    raise Unauthorised(
        "Nobody is signed in. Send an API key as the header `Authorization: Bearer <key>`, or sign in at /api/session."
    )


async def _found(
    request: Request, find: Callable[[AsyncConnection, str], Awaitable[Principal | None]], secret: str, otherwise: str
) -> Principal:
    async with resources(request).reader.connect() as connection:
        principal = await find(connection, secret) if len(secret) <= _LONGEST_SECRET else None
    if principal is None:
        raise Unauthorised(otherwise, ', error="invalid_token"')
    return principal


def _media_type(route: APIRoute) -> str | None:
    """Of the body that an operation reads; None when it reads none."""
    return getattr(route.body_field.field_info, "media_type", None) if route.body_field else None


async def is_still_allowed(request: Request) -> bool:
    """Whether whoever asked still may: for an answer that lasts. While nobody can tell, it goes on."""
    try:
        await _authenticate(request)
    except Unauthorised:
        return False
    except Exception as error:  # only an outage stays here
        if not is_outage(error):
            raise
    return True


def _expect(request: Request, media_type: str | None) -> None:
    """Refuse a body of another type than the operation reads; without a body its absence is the news."""
    if media_type is None:
        return
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given not in (media_type, _PLAIN.get(media_type)) and (
        given or request.headers.get("Content-Length", "0") != "0"
    ):
        raise UnsupportedMediaType(f"Send the body as {media_type}, and say so in the Content-Type header.")


def _refuse_repetitions(request: Request) -> None:
    """No parameter is taken twice, and to go by one of two would leave the other out in silence. Raises `Invalid`."""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in request.query_params:
        if names.count(name) > 1:
            raise Invalid(
                name[:_LONGEST_SECRET], "repeated", f"{name[:_LONGEST_SECRET]} was sent more than once. Send one."
            )


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


async def _administrator(request: Request) -> Principal:
    principal = await _principal(request)
    if not principal.is_administrator:
        raise AdministratorsOnly
    return principal


async def _operator(request: Request) -> Principal:
    principal = await _principal(request)
    if not principal.is_operator:
        raise OperatorsOnly
    return principal


Res = Annotated[Resources, Depends(_resources)]
Asker = Annotated[Principal, Depends(_principal)]
"""Who asks, as `AccountRoute` found out."""
Administrator = Annotated[Principal, Depends(_administrator)]
"""Who asks, in an operation that is for administrators and API keys."""
Operator = Annotated[Principal, Depends(_operator)]
"""Who asks, in an operation about the installation, for those who run it."""
