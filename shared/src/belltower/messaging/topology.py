"""What exists in the broker. Declared by every service at every connection; `deploy/rabbitmq/definitions.json` says the
same for containers (a test compares them), so that an operator finds it before the first service came up.

Runs on RabbitMQ 3.10 and 4; their defaults for `delivery-limit` differ, so it is set.
"""

from typing import Any

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

EXCHANGE = "belltower"
DUE_QUEUE = "campaign.due"
DEAD_LETTER_EXCHANGE = "belltower.dead-letter"
DEAD_LETTER_QUEUE = "campaign.due.dead-letter"

DUE_QUEUE_ARGUMENTS: dict[str, Any] = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
}
DEAD_LETTER_QUEUE_ARGUMENTS: dict[str, Any] = {"x-queue-type": "quorum"}


async def declare(channel: AbstractChannel) -> tuple[AbstractExchange, AbstractQueue]:
    """Make sure that everything exists; the exchange to publish to and the queue to consume."""
    dead_letters = await channel.declare_exchange(DEAD_LETTER_EXCHANGE, ExchangeType.FANOUT, durable=True)
    graveyard = await channel.declare_queue(DEAD_LETTER_QUEUE, durable=True, arguments=DEAD_LETTER_QUEUE_ARGUMENTS)
    await graveyard.bind(dead_letters)
    exchange = await channel.declare_exchange(EXCHANGE, ExchangeType.DIRECT, durable=True)
    queue = await channel.declare_queue(DUE_QUEUE, durable=True, arguments=DUE_QUEUE_ARGUMENTS)
    await queue.bind(exchange, routing_key=DUE_QUEUE)
    return exchange, queue
