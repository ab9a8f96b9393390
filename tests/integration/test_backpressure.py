"""More than can be done at once: the carrier's reports come first, others are told when to come again, and all recovers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import httpx
from sqlalchemy import text
from tests.support.api import Api, refused
from tests.support.callbacks import placed_call, post
from tests.support.eventually import eventually
from tests.support.processes import Start
from tests.support.product import create_account

from belltower.db.engine import create_engine
from belltower_api.app import create_app


async def test_a_callback_does_not_wait_behind_readers(api: Api) -> None:
    attempt = await placed_call(api)
    settings = api.settings.model_copy(update={"database_pool_size": 2, "callback_pool_size": 1})
    engine = create_engine(settings, name="readers")
    callbacks = create_engine(settings, name="callbacks", pool_size=settings.callback_pool_size)
    transport = httpx.ASGITransport(create_app(settings, engine, callbacks))
    busy = Api(httpx.AsyncClient(transport=transport, base_url="http://api"), engine, settings, api.account)
    async with AsyncExitStack() as held:
        for _ in range(settings.database_pool_size):
            connection = await held.enter_async_context(engine.connect())
            await connection.execute(text("SELECT 1"))
        form = {"CallSid": "CA" + "0" * 32, "CallStatus": "ringing", "SequenceNumber": "1"}
        async with asyncio.timeout(5):
            assert (await post(busy, form, f"attempt={attempt}")).status_code == 204
    assert await api.one("SELECT status FROM attempts") == "ringing"
    await busy.client.aclose()
    await engine.dispose()
    await callbacks.dispose()


@asynccontextmanager
async def limited(database_url: str, most: int) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """The database's address for somebody who gets so many connections, and a connection of its owner."""
    database = urlsplit(database_url).path[1:]
    role = f"{database}_limited"
    owner = await asyncpg.connect(database_url)
    await owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'limited' CONNECTION LIMIT {most}")
    await owner.execute(
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}"
    )
    parts = urlsplit(database_url)
    host = parts.netloc.rpartition("@")[2]
    try:
        yield parts._replace(netloc=f"{role}:limited@{host}").geturl(), owner
    finally:
        await owner.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
        await owner.execute(f"DROP OWNED BY {role}")
        await eventually(lambda: _dropped(owner, role))
        await owner.close()


async def _dropped(owner: asyncpg.Connection, role: str) -> bool:
    try:
        await owner.execute(f"DROP ROLE {role}")
    except asyncpg.PostgresError as error:
        raise AssertionError(str(error)) from None
    return True


async def test_a_database_at_its_connection_limit_is_503_for_a_while(start: Start, database_url: str) -> None:
    key = create_account(database_url)
    async with limited(database_url, 1) as (url, owner):
        api = start("api", DATABASE_URL=url)
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False, timeout=30) as client:
            answers = await asyncio.gather(*(client.get("/api/wallet") for _ in range(40)))
            shed = [answer for answer in answers if answer.status_code != 200]
            assert shed, "nobody met the limit"
            for answer in shed:
                refused(answer, 503, "unavailable")
                assert int(answer.headers["retry-after"]) > 0

            await owner.execute(f"ALTER ROLE {urlsplit(url).username} CONNECTION LIMIT 50")

            async def all_are_answered() -> bool:
                again = await asyncio.gather(*(client.get("/api/wallet") for _ in range(40)))
                return {answer.status_code for answer in again} == {200}

            await eventually(all_are_answered)
