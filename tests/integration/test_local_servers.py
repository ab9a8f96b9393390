"""The servers that tests and `make run` share, and what tests get of them."""

import asyncio
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import httpx
from tests.support.servers import PREFIX, TestServer


async def test_each_test_has_a_migrated_database_of_its_own(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert urlsplit(database_url).path.startswith(f"/{PREFIX}")
        assert await connection.fetchval("SELECT count(*) FROM campaigns") == 0
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()


async def test_each_test_has_a_virtual_host_of_its_own(amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("probe", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"hello"), "probe")
        message = await queue.get(timeout=10)
        assert message is not None
        assert message.body == b"hello"
        await message.ack()


def test_a_killed_postgres_comes_back_with_its_data(postgres_for_tests: TestServer, database_url: str) -> None:
    if postgres_for_tests.restart is None:
        return

    async def ask(statement: str) -> object:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    asyncio.run(ask("CREATE TABLE probe AS SELECT 42 AS answer"))
    asyncio.run(ask("CHECKPOINT"))
    postgres_for_tests.restart()
    assert asyncio.run(ask("SELECT answer FROM probe")) == 42


def test_a_killed_rabbitmq_comes_back(rabbitmq_for_tests: TestServer) -> None:
    if rabbitmq_for_tests.restart is None:
        return
    rabbitmq_for_tests.restart()
    answer = httpx.get(f"{rabbitmq_for_tests.management_url}/api/overview", trust_env=False)
    assert answer.status_code == httpx.codes.OK
