"""When a great many campaigns fall due together, they are all taken over before dialling goes on.

The gate shares what can be dialled among the campaigns that a dialer owns. While hundreds are still on their way it would share
it among the few that came first, and dialling would take the processor from the rest.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from belltower.runtime.clock import boot_time

MANY = 100
"""Campaigns that are being taken over at one moment: from so many on it is a rush."""
LULL = 0.05
"""Seconds without so many after which a rush is over: between two messages there are few for a moment."""
LONGEST = 10.0
"""Seconds after which dialling goes on beside a rush. In so long four dialers take 100,000 campaigns over."""


class Rush:
    """Whether there is a rush now."""

    def __init__(self) -> None:
        self._arriving = 0
        self._since: float | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        self._over.set()

    @contextmanager
    def arriving(self, campaigns: int) -> Iterator[Callable[[], None]]:
        """So many are taken over in this block, or until what it yields is called: those that are left are waited for."""
        left = campaigns
        self._count(campaigns)

        def arrived() -> None:
            nonlocal left
            self._count(-left)
            left = 0

        try:
            yield arrived
        finally:
            arrived()

    async def over(self) -> None:
        """Wait until no rush is left, or until it has lasted too long."""
        if self._since is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(max(self._since + LONGEST - boot_time(), 0)):
                await self._over.wait()

    def _count(self, campaigns: int) -> None:
        self._arriving += campaigns
        if self._arriving >= MANY:
            if self._ending is not None:
                self._ending.cancel()
                self._ending = None
            if self._since is None:
                self._since = boot_time()
                self._over.clear()
        elif self._since is not None and self._ending is None:
            self._ending = asyncio.get_running_loop().call_later(LULL, self._end)

    def _end(self) -> None:
        self._ending = self._since = None
        self._over.set()
