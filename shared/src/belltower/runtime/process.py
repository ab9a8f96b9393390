"""A process: its event loop, its web server, its signals.

One root TaskGroup holds every loop of a process; a loop that dies ends the process, which its runtime restarts.
SIGTERM and SIGINT ask it to drain: work in flight ends, then it exits with 0.
"""

import asyncio
import gc
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from belltower.runtime.http_protocol import ImpatientProtocol
from belltower.runtime.settings import HttpSettings

log = structlog.get_logger(__name__)

DRAIN_LIMIT = 25.0
"""Seconds that a process may take to end its work after SIGTERM; container runtimes kill after 30."""
_GARBAGE = 20_000
"""New objects until the garbage collector looks for cycles. After Python's own 700 it went through everything that thousands of
campaigns keep alive, again and again, and found nothing."""
_OPEN_FILES = 2**16
"""As many as are ever needed, where the system lets us: a connection, of a listener or of nobody, is one of them."""


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run a process to its end: `main(stopping)` returns once `stopping` is set and its work is done.

    Exits with 0 after a drain, with 1 when a loop died or the drain took too long.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(most, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    gc.collect()
    gc.freeze()  # what was imported is never garbage
    gc.set_threshold(_GARBAGE, 20, 20)
    try:
        uvloop.run(_supervise(main))
    except BaseExceptionGroup as group:
        log.critical("process_died", exc_info=group)
        sys.exit(1)


async def _supervise(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)

    async def limit() -> None:
        await stopping.wait()
        log.info("draining")
        await asyncio.sleep(DRAIN_LIMIT)
        log.error("drain_took_too_long")
        raise TimeoutError(f"The work in flight did not end within {DRAIN_LIMIT:.0f} s.")

    async with asyncio.TaskGroup() as group:
        guard = group.create_task(limit())
        await main(stopping)
        guard.cancel()


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handling: the process decides when it stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_http(
    app: ASGIApp,
    settings: HttpSettings,
    stopping: asyncio.Event,
    *,
    drained: asyncio.Event | None = None,
    trusted_proxies: str = "",
) -> None:
    """Serve `app` until `stopping` (and, where given, `drained`) is set; requests in flight are answered first.

    Who asks is who is connected, or, when that is one of `trusted_proxies` (addresses and networks, with commas between
    them), whom it names in X-Forwarded-For.
    """
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
        server_header=False,
        http=ImpatientProtocol,
        ws="none",
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
    )
    server = _Server(config)

    async def stop() -> None:
        await stopping.wait()
        if drained is not None:
            await drained.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as group:
        stopper = group.create_task(stop())
        try:
            await server.serve()
        except SystemExit:
            # Uvicorn has logged why it cannot listen.
            raise OSError(f"Cannot listen on {settings.http_host}:{settings.http_port}; is the port taken?") from None
        if not stopping.is_set():
            raise RuntimeError("The web server ended without being asked to.")
        stopper.cancel()
