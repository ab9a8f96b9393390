"""Coalescing: what arrives while one batch is at work makes up the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Final, Generic, TypeVar

from belltower.db.engine import is_outage

Item = TypeVar("Item")
Result = TypeVar("Result")


class Later(Enum):
    """What is said of an item for which there was no room: it waits on, before those that came after it."""

    LATER = "later"


LATER: Final = Later.LATER


class Batcher(Generic[Item, Result]):
    """Calls `handle` with what has been asked since its last call, at most `limit` items, one call at a time, in order.

    Under no load an item goes at once; under load batches grow by themselves. Whoever was cancelled while it waited is
    left out. A batch that failed is handled again item by item, so that an error is the item's that caused it; only an
    outage of the database is everybody's. Of items for which there is no room now `handle` says `LATER`, but not for ever.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Later]]],
        *,
        limit: int,
    ) -> None:
        self._handle = handle
        self._limit = limit
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """The result for one item."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await future

    @property
    def is_idle(self) -> bool:
        """Whether nothing is at work and nothing waits."""
        return self._worker is None

    async def drained(self) -> None:
        """Wait until nothing is at work and nothing waits."""
        if self._worker is not None:
            await asyncio.wait({self._worker})

    async def _work(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # whoever is ready in this turn of the loop comes along
                batch: list[tuple[Item, asyncio.Future[Result]]] = []
                while self._waiting and len(batch) < self._limit:
                    waiter = self._waiting.popleft()
                    if not waiter[1].done():
                        batch.append(waiter)
                if batch:
                    await self._settle(batch)
        finally:
            self._worker = None

    async def _settle(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._handle([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is handed to whoever waits
            if len(batch) > 1 and not is_outage(error):
                for waiter in batch:
                    await self._settle([waiter])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        except BaseException:
            for _, future in batch:
                future.cancel()
            raise
        put_back = []
        for waiter, result in zip(batch, results, strict=True):
            if result is LATER:
                put_back.append(waiter)
            elif not waiter[1].done():
                waiter[1].set_result(result)
        self._waiting.extendleft(reversed(put_back))
