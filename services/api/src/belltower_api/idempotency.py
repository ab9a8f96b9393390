"""`Idempotency-Key`: a POST that is sent again is answered again, not done again.

Scoped to the account and the operation, kept for 24 hours. What counts as the same request is its address and its content: of
a form its fields and files, because its boundary is another one each time. An answer that refuses is not kept, because
nothing was done: the same key may try again.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, BinaryIO
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.datastructures import UploadFile
from starlette.responses import Response

from belltower.db import idempotency
from belltower.domain.errors import Invalid
from belltower_api.errors import InFlight, KeyReused

log = structlog.get_logger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = r"^[\x21-\x7e]{1,255}$"
_PIECE = 2**20

Handle = Callable[[Request], Awaitable[Response]]


class Once:
    """What an operation keeps its answer with, in the transaction that does the work. Without a key it keeps nothing."""

    def __init__(self, reservation: idempotency.Reservation | None = None) -> None:
        self._reservation = reservation
        self.has_kept = False

    async def keep(
        self, connection: AsyncConnection, answer: BaseModel, *, status: int = 201, headers: Mapping[str, str] = {}
    ) -> None:
        """Keep the answer that the operation is about to give, and give it to whoever sends the same again."""
        if self._reservation is not None:
            body = answer.model_dump_json().encode()
            await idempotency.keep(connection, self._reservation, status, headers, body)
            self.has_kept = True

    async def amend(self, reader: AsyncEngine, answer: BaseModel, *, status: int) -> None:
        """Have the answer that was kept say what became of it since. `reader` is in autocommit."""
        if self._reservation is not None:
            await idempotency.amend(reader, self._reservation, status, answer.model_dump_json().encode())


async def _once(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            description="Any text of your own, such as a UUID. Within 24 hours the same request with the same key is"
            " answered as it was the first time and not done again.",
            pattern=_KEY,
        ),
    ] = None,
) -> Once:
    found: Once = request.state.once
    return found


Kept = Annotated[Once, Depends(_once)]
"""Every operation that creates, acts or moves money takes it, and keeps its answer."""


async def answered_once(request: Request, reader: AsyncEngine, account_id: UUID, handle: Handle) -> Response:
    """Do what a POST asks for, unless the same was done under its key before. `reader` is in autocommit.

    Raises `Invalid` for a text that is no key, `KeyReused` and `InFlight`.
    """
    text = request.headers.get(HEADER)
    if text is None:
        request.state.once = Once()
        return await handle(request)
    if not re.fullmatch(_KEY, text):
        raise Invalid(
            HEADER,
            "invalid_idempotency_key",
            f"{HEADER} is not a key. Send 1 to 255 visible ASCII characters, such as a UUID.",
        )
    key = idempotency.Key(account_id, _route(request), text, await _fingerprint(request))
    reserved = await idempotency.reserve(reader, key)
    if isinstance(reserved, idempotency.Earlier):
        await request.close()  # a form's files
        return _replayed(reserved, key)
    once = request.state.once = Once(reserved)
    response = await _done(request, reader, reserved, handle)
    if not once.has_kept:  # it changed nothing
        await _released(reader, reserved)
    return response


def _route(request: Request) -> str:
    return f"{request.method} {request.scope['route'].path}"


def _replayed(earlier: idempotency.Earlier, key: idempotency.Key) -> Response:
    if earlier.fingerprint != key.fingerprint:
        raise KeyReused
    if earlier.status is None:
        raise InFlight
    headers = {**(earlier.headers or {}), REPLAYED: "true"}
    return Response(earlier.body, earlier.status, headers, "application/json")


async def _done(
    request: Request, reader: AsyncEngine, reservation: idempotency.Reservation, handle: Handle
) -> Response:
    """Do it, with the reservation renewed for as long as it takes; one that came to nothing is given up."""
    renewing = asyncio.create_task(_keep_renewing(reader, reservation))
    try:
        response = await handle(request)
    except idempotency.NoLongerReserved:
        raise InFlight from None
    except Exception:  # whatever it was, it is raised again: here its key is given up
        await _released(reader, reservation)
        raise
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
    return response


async def _keep_renewing(reader: AsyncEngine, reservation: idempotency.Reservation) -> None:
    while True:
        await asyncio.sleep(idempotency.LEASE / 3)
        try:
            await idempotency.renew(reader, reservation)
        except (SQLAlchemyError, OSError):
            log.warning("idempotency_key_not_renewed", exc_info=True)


async def _released(reader: AsyncEngine, reservation: idempotency.Reservation) -> None:
    try:
        await idempotency.release(reader, reservation)
    except (SQLAlchemyError, OSError):
        log.warning("idempotency_key_not_released", exc_info=True)  # it lapses by itself


async def _fingerprint(request: Request) -> bytes:
    """A hash of the address and the content. What is read here is what the operation reads: the request keeps it."""
    digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\n".encode())
    if request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        for name, value in (await request.form()).multi_items():
            if isinstance(value, UploadFile):
                content = await asyncio.to_thread(_hash_of, value.file)
                digest.update(repr((name, value.filename, content)).encode())
            else:
                digest.update(repr((name, value)).encode())
    else:
        digest.update(await request.body())
    return digest.digest()


def _hash_of(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.digest()
