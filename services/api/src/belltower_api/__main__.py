"""`python -m belltower_api`: the API as a process."""

import asyncio

from belltower.db.engine import create_engine
from belltower.runtime.process import run, serve_http
from belltower.runtime.settings import load
from belltower.runtime.telemetry import configure_logging
from belltower_api.app import create_app
from belltower_api.settings import ApiSettings


async def serve(settings: ApiSettings, stopping: asyncio.Event) -> None:
    """Serve until `stopping`; requests in flight are answered first, and streams end."""
    engine = create_engine(settings, name="api")
    callbacks = create_engine(settings, name="api callbacks", pool_size=settings.callback_pool_size)
    app = create_app(settings, engine, callbacks)

    async def end_streams() -> None:
        await stopping.wait()
        app.state.resources.live.close()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(end_streams())
            await serve_http(app, settings, stopping, trusted_proxies=settings.trusted_proxies)
    finally:
        await engine.dispose()
        await callbacks.dispose()


def main() -> None:
    """Start the process; it ends with SIGTERM or SIGINT."""
    settings = load(ApiSettings)
    configure_logging(settings, service="api")
    run(lambda stopping: serve(settings, stopping))


if __name__ == "__main__":
    main()
