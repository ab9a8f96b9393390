"""Postgres or RabbitMQ ends and comes back; or RabbitMQ loses what it had."""

import asyncio
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage, insist, until
from tests.support.servers import TestServer


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Do it, and wait until the server can be used again."""
    match fault.what.split():
        case [how, "Postgres"]:
            return await _postgres(how, stage)
        case [("kill" | "restart") as how, "RabbitMQ"]:
            return await _rabbitmq(how, stage)
        case ["delete", *_]:
            return await _delete_queues(stage)
        case _:
            return await _wipe(stage)


async def _end(server: TestServer, how: str) -> None:
    end = server.restart if how == "kill" else server.reboot
    if end is None:
        raise NotFired("the server is not ours to end")
    await asyncio.to_thread(end)


async def _postgres(how: str, stage: Stage) -> str:
    asked = "SELECT pg_postmaster_start_time()"
    before = await stage.one(asked)
    await _end(stage.servers.postgres, how)
    after = await stage.one(asked)
    if after == before:
        raise NotFired("Postgres did not start anew")
    return f"Postgres runs since {after:%H:%M:%S}"


async def _rabbitmq(how: str, stage: Stage) -> str:
    async def up() -> int:
        return int((await _ask(stage, "GET", "nodes")).json()[0].get("uptime", 0))

    async def uptime() -> int:
        found: int = await until(up, 60, "RabbitMQ does not say since when it runs")
        return found

    before = await uptime()
    await _end(stage.servers.rabbitmq, how)
    after = await uptime()
    if after >= before:
        raise NotFired("RabbitMQ did not start anew")
    return f"RabbitMQ is up for {after / 1000:.1f} s"


async def _delete_queues(stage: Stage) -> str:
    vhost = _vhost(stage)
    found = (await _ask(stage, "GET", f"queues/{vhost}")).json()
    gone = 0
    for queue in found:
        answer = await _ask(stage, "DELETE", f"queues/{vhost}/{quote(queue['name'], safe='')}")
        gone += answer.status_code == httpx.codes.NO_CONTENT
    if not gone:
        raise NotFired("there was no queue")
    return f"{gone} queues were deleted"


async def _wipe(stage: Stage) -> str:
    """Delete the virtual host with all that is in it, and make an empty one."""
    vhost = _vhost(stage)
    await _ask(stage, "DELETE", f"vhosts/{vhost}")
    await _ask(stage, "PUT", f"vhosts/{vhost}")
    user = quote(urlsplit(stage.servers.rabbitmq.url).username or "guest", safe="")
    await _ask(stage, "PUT", f"permissions/{vhost}/{user}", json={"configure": ".*", "write": ".*", "read": ".*"})
    return "the virtual host was deleted and made anew"


def _vhost(stage: Stage) -> str:
    return quote(urlsplit(stage.servers.amqp_url).path[1:], safe="")


async def _ask(stage: Stage, method: str, path: str, **more: Any) -> httpx.Response:
    url = f"{stage.servers.rabbitmq.management_url}/api/{path}"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await insist(lambda: client.request(method, url, **more))
    if answer.status_code >= 400 and answer.status_code != httpx.codes.NOT_FOUND:
        raise NotFired(f"RabbitMQ answered {answer.status_code} to {method} {path}: {answer.text}")
    return answer  # type: ignore[no-any-return]
