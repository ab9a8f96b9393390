"""`deploy/rabbitmq/definitions.json` and `messaging/topology.py` say the same: what one of them made, the other accepts."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from belltower.messaging import topology

VHOST = "belltower"
DEFINITIONS = json.loads(
    (Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json").read_text(encoding="utf-8")
)


class Declared:
    """A channel that only writes down what is declared on it."""

    def __init__(self) -> None:
        self.exchanges: dict[str, tuple[str, bool]] = {}
        self.queues: dict[str, tuple[bool, dict[str, Any]]] = {}
        self.bindings: set[tuple[str, str, str]] = set()

    async def declare_exchange(self, name: str, type: str, *, durable: bool) -> AsyncMock:  # noqa: A002 - aio-pika's name
        self.exchanges[name] = (str(type), durable)
        return _named(name)

    async def declare_queue(self, name: str, *, durable: bool, arguments: dict[str, Any]) -> AsyncMock:
        self.queues[name] = (durable, arguments)
        queue = _named(name)

        async def bind(exchange: AsyncMock, routing_key: str = "") -> None:
            self.bindings.add((exchange.name, name, routing_key))

        queue.bind = bind
        return queue


def _named(name: str) -> AsyncMock:
    made = AsyncMock()
    made.name = name
    return made


async def declared() -> Declared:
    channel = Declared()
    await topology.declare(channel)  # type: ignore[arg-type]
    return channel


async def test_the_same_exchanges_exist() -> None:
    defined = {each["name"]: (each["type"], each["durable"]) for each in DEFINITIONS["exchanges"]}
    assert defined == {
        name: (kind.removeprefix("ExchangeType.").lower(), durable)
        for name, (kind, durable) in (await declared()).exchanges.items()
    }
    assert not any(each["auto_delete"] or each["internal"] or each["arguments"] for each in DEFINITIONS["exchanges"])


async def test_the_same_queues_exist_with_the_same_arguments() -> None:
    defined = {each["name"]: (each["durable"], each["arguments"]) for each in DEFINITIONS["queues"]}
    assert defined == (await declared()).queues
    assert not any(each["auto_delete"] for each in DEFINITIONS["queues"])


async def test_the_same_bindings_exist() -> None:
    defined = {(each["source"], each["destination"], each["routing_key"]) for each in DEFINITIONS["bindings"]}
    assert defined == (await declared()).bindings
    assert all(each["destination_type"] == "queue" for each in DEFINITIONS["bindings"])


def test_all_of_it_is_in_the_one_virtual_host() -> None:
    assert [each["name"] for each in DEFINITIONS["vhosts"]] == [VHOST]
    for kind in ("exchanges", "queues", "bindings", "policies"):
        assert {each["vhost"] for each in DEFINITIONS[kind]} == {VHOST}


def test_no_policy_contradicts_an_argument_of_a_queue() -> None:
    for policy in DEFINITIONS["policies"]:
        for queue in DEFINITIONS["queues"]:
            assert not {f"x-{name}" for name in policy["definition"]} & set(queue["arguments"])
