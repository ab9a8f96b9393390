"""`python -m belltower_scheduler`: the scheduler's process."""

import asyncio

from starlette.applications import Starlette

from belltower.runtime.health import health_routes
from belltower.runtime.process import run, serve_http
from belltower.runtime.settings import load
from belltower.runtime.telemetry import configure_logging
from belltower_scheduler.scheduler import get_scheduler, initialize_scheduler
from belltower_scheduler.settings import SchedulerSettings


async def main(stopping: asyncio.Event) -> None:
    """Announce until asked to stop; the tick at work ends first."""
    settings = load(SchedulerSettings)
    configure_logging(settings, service="scheduler")
    initialize_scheduler(settings)
    scheduler = get_scheduler()
    app = Starlette(routes=health_routes(live=scheduler.live, ready=scheduler.ready))
    async with asyncio.TaskGroup() as group:
        announcing = group.create_task(scheduler.run())
        await serve_http(app, settings, stopping)
        await scheduler.drain()
        announcing.cancel()


if __name__ == "__main__":
    run(main)
