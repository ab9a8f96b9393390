"""A Postgres whose wall clock a test can set, by libfaketime. Its monotonic clock stays as it is."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers import TestServer, native_postgres

from belltower_local.finding import find_libfaketime
from belltower_local.folder import FAR


def environment(clock: Path) -> dict[str, str]:
    """What has a process tell the time by a file, in which stands how far it is from ours."""
    return {
        "LD_PRELOAD": str(find_libfaketime()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def set_clock(clock: Path, seconds: int) -> None:
    """Have whoever tells the time by this file be so many seconds ahead of us within one second."""
    clock.write_text(f"{seconds:+d}", encoding="ascii")


@contextmanager
def postgres_with_own_clock() -> Iterator[tuple[TestServer, Path]]:
    """One, and the file that it tells the time by, which the server's user can read.

    A thread of its own starts and ends it, so that no event loop of a test notices.
    """
    FAR.mkdir(mode=0o711, parents=True, exist_ok=True)
    clock = FAR / f"clock-{os.getpid()}"
    set_clock(clock, 0)
    clock.chmod(0o644)
    running = native_postgres("clock", environment(clock))
    with ThreadPoolExecutor(1) as thread:
        try:
            server = thread.submit(running.__enter__).result()
            try:
                yield server, clock
            finally:
                thread.submit(running.__exit__, None, None, None).result()
        finally:
            clock.unlink()
