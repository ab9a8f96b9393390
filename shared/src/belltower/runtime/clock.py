"""Clocks. The database's clock decides what is due; this process's clocks only measure."""

import time
from datetime import UTC, datetime

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_time() -> float:
    """Seconds since the machine started, counting while this process or the whole machine is suspended.

    A process that was stopped and woken finds here how long it was away, which wall clocks (they are stepped) and, on
    Linux, the monotonic clock (it stands still in suspend) cannot tell.
    """
    return time.clock_gettime(_BOOT_CLOCK)


def utc_now() -> datetime:
    """The wall clock, for what is shown or logged, never for what is due."""
    return datetime.now(UTC)
