"""Signing in and out: a person's way in, beside the programs' API keys."""

import asyncio
from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import Counter
from pydantic import ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import sessions, users
from belltower.db.engine import in_transaction
from belltower.db.sign_ins import Attempt, count_attempt, forgive_attempt
from belltower.domain import credentials, principal
from belltower.domain.errors import TooManyAttempts
from belltower.runtime.settings import CarrierKind
from belltower_api.dependencies import COOKIE, Res, Resources, VisitorRoute
from belltower_api.errors import SignInRefused
from belltower_api.problems import problems
from belltower_api.schemas.session import Email, Password, Session, User
from belltower_api.schemas.values import Request as Fields

router = APIRouter(prefix="/api/session", tags=["Session"], route_class=VisitorRoute)

sign_ins = Counter("belltower_sign_ins_total", "Attempts to sign in, by what became of them.", ["result"])

_SUBSCRIBER = 64
"""Bits of an IPv6 address that a subscriber does not choose: most are given a /64 at least (RFC 6177)."""


class SignIn(Fields):
    """Who wants to sign in."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ada@example.com", "password": "correct horse battery staple"}]}
    )

    email: Email
    password: Password


def session_of(res: Resources, user: principal.User | None, *, needs_administrator: bool = False) -> Session:
    """What whoever signed in, or nobody, is told."""
    return Session(
        user=User.of(user) if user else None,
        needs_administrator=needs_administrator,
        calls_are_simulated=res.settings.carrier is CarrierKind.SIMULATED,
    )


@router.get("", summary="See who is signed in", responses=problems())
async def get_session(request: Request, res: Res, response: Response) -> Session:
    """Who is signed in with the cookie of this request, if anybody is."""
    response.headers["Cache-Control"] = "no-store"
    token = request.cookies.get(COOKIE)
    async with res.reader.connect() as connection:
        found = await sessions.find_session(connection, token) if token else None
        needs_administrator = found is None and not await users.has_users(connection)
    user = found.user if found else None
    return session_of(res, user, needs_administrator=needs_administrator)


@router.post("", summary="Sign in", responses=problems(400, 401, 403, 413, 415, 429))
async def sign_in(fields: SignIn, request: Request, res: Res, response: Response) -> Session:
    """Sign in with an e-mail address and a password, for 14 days. The answer sets the cookie that says so.

    A wrong password and an unknown address are answered alike. After ten wrong ones of a client for an address, or a hundred
    of a client, the next is looked at a quarter of an hour after the first.
    """
    attempt = Attempt(fields.email, _client(request))
    async with res.reader.connect() as connection:
        try:
            await count_attempt(connection, attempt)
        except TooManyAttempts:
            sign_ins.labels("too_many").inc()
            raise
        known = await users.find_user(connection, fields.email)
    password = fields.password.get_secret_value()
    right = await _is_right(res, password, known)
    if known is None or not right:
        sign_ins.labels("refused").inc()
        raise SignInRefused
    renewed = await _renewed_hash(res, password, known)
    token = credentials.new_session_token()

    async def work(connection: AsyncConnection) -> None:
        if renewed is not None:
            await users.replace_password_hash(connection, known, renewed)
        await forgive_attempt(connection, attempt)
        await start_session(connection, request, known.user, token)

    await in_transaction(res.engine, work)
    set_cookie(response, res, token)
    sign_ins.labels("signed_in").inc()
    return session_of(res, known.user)


@router.delete("", summary="Sign out", status_code=204, responses=problems(403))
async def sign_out(request: Request, res: Res, response: Response) -> None:
    """End the session of this request's cookie, at once and everywhere. Fine, too, when nobody is signed in."""
    if token := request.cookies.get(COOKIE):
        async with res.reader.connect() as connection:
            await sessions.end_session(connection, token)
    response.delete_cookie(COOKIE, path="/", secure=_is_secure(res), httponly=True, samesite="lax")


async def start_session(connection: AsyncConnection, request: Request, user: principal.User, token: str) -> None:
    """Sign a person in, and out of the session that the same browser had."""
    if former := request.cookies.get(COOKIE):
        await sessions.end_session(connection, former)
    await sessions.create_session(connection, user.id, token)


def set_cookie(response: Response, res: Resources, token: str) -> None:
    """Have the browser send the token with all that it asks of us, and keep it from scripts and from other sites."""
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        COOKIE,
        token,
        max_age=round(sessions.LASTS.total_seconds()),
        path="/",
        secure=_is_secure(res),
        httponly=True,
        samesite="lax",
    )


def _is_secure(res: Resources) -> bool:
    return res.settings.public_url.startswith("https://")


async def _is_right(res: Resources, password: str, known: users.KnownUser | None) -> bool:
    """Whether this is the person's password. The work is the same when there is no such person."""
    async with res.hashers:
        return await asyncio.to_thread(
            credentials.password_is_right, password, known.password_hash if known is not None else None
        )


async def _renewed_hash(res: Resources, password: str, known: users.KnownUser) -> str | None:
    """The password's hash with today's parameters, when the stored one has others."""
    if not credentials.is_outdated(known.password_hash):
        return None
    async with res.hashers:
        return await asyncio.to_thread(credentials.password_hash, password)


def _client(request: Request) -> str:
    """Whose attempts are counted together: those of an IPv4 address, or of a subscriber's IPv6 network."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:  # a gateway may name its client in other ways
        return host
    if not isinstance(address, IPv6Address):
        return host
    mapped = address.ipv4_mapped
    return str(mapped or IPv6Network((address.packed, _SUBSCRIBER), strict=False))
