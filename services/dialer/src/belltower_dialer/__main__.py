"""`python -m belltower_dialer`: a dialer's process."""

import asyncio
import os
import socket

from starlette.applications import Starlette

from belltower.db.engine import create_engine
from belltower.runtime.health import health_routes
from belltower.runtime.process import run, serve_http
from belltower.runtime.settings import load
from belltower.runtime.telemetry import configure_logging
from belltower.telephony.twilio.client import TwilioCarrier
from belltower_dialer.dialer import Dialer
from belltower_dialer.settings import DialerSettings

_HOST_NAME = 32
"""Characters of it: Postgres keeps 63 of a session's name."""


async def main(stopping: asyncio.Event) -> None:
    """Dial until asked to stop, then end the work in flight."""
    settings = load(DialerSettings)
    configure_logging(settings, service="dialer")
    # Its sessions are known by this name: the scheduler ends those of a dialer that stands still inside a transaction.
    name = f"dialer {socket.gethostname()[:_HOST_NAME]}:{os.getpid()}"
    engine = create_engine(settings, name=name, longest=settings.statement_timeout)
    carrier = TwilioCarrier(settings)
    dialer = Dialer(settings, engine, carrier, name=name)
    app = Starlette(routes=health_routes(live=dialer.live, ready=dialer.ready))
    async with asyncio.TaskGroup() as group:
        dialling = group.create_task(dialer.run())
        await serve_http(app, settings, stopping)
        await dialer.drain()
        dialling.cancel()
    await carrier.close()
    await engine.dispose()


if __name__ == "__main__":
    run(main)
