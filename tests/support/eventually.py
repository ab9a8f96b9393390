"""Waiting for what will be true soon, without guessing how long to sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], *, timeout: float = 10.0, interval: float = 0.02) -> T:
    """The first true value that `check` gives.

    An `AssertionError` that it raises counts as "not yet". After `timeout` seconds, the last one is raised.
    """
    deadline = time.monotonic() + timeout
    while True:
        reason: AssertionError | None = None
        value: T | None = None
        try:
            value = await check()
        except AssertionError as error:
            reason = error
        if reason is None and value:
            return value
        if time.monotonic() > deadline:
            raise reason or AssertionError(f"not true within {timeout} s; at last it was {value!r}")
        await asyncio.sleep(interval)


def eventually_sync(check: Callable[[], T], *, timeout: float = 10.0, interval: float = 0.02) -> T:
    """The same for code that is not asynchronous."""
    deadline = time.monotonic() + timeout
    while not (value := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {timeout} s; at last it was {value!r}")
        time.sleep(interval)
    return value
