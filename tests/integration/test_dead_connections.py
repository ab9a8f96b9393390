"""Connections to Postgres that are open and dead: whoever was to answer vanished without a word."""

import time

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from tests.support.proxy import Proxy

from belltower.db.engine import create_engine, in_transaction, is_outage
from belltower.runtime.settings import DatabaseSettings


async def test_a_dead_connection_is_given_up_and_a_new_one_is_opened(database_url: str) -> None:
    async with Proxy(database_url) as network:
        settings = DatabaseSettings(database_url=SecretStr(network.url), statement_timeout=1)
        engine = create_engine(settings, name="test", longest=1)

        async def ask() -> int:
            return await in_transaction(
                engine,
                lambda connection: connection.scalar(text("SELECT pg_backend_pid()")),
            )

        before = await ask()
        network.bury()
        began = time.monotonic()
        with pytest.raises(Exception) as raised:  # noqa: PT011 - which one, is_outage says
            await ask()
        assert is_outage(raised.value)
        assert 1 < time.monotonic() - began < 30
        assert await ask() != before
        await engine.dispose()
