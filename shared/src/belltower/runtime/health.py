"""/livez, /readyz and /metrics of every process.

Live: the process is worth keeping; false has the container runtime restart it. Ready: it can do its work now.
"""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[str | None]]
"""Says what is wrong, in a sentence; None when nothing is."""


def health_routes(*, live: Check, ready: Check) -> list[Route]:
    """The three routes, answering what the two checks find."""

    def answer(check: Check) -> Callable[[Request], Awaitable[Response]]:
        async def respond(_: Request) -> Response:
            problem = await check()
            if problem is None:
                return JSONResponse({"status": "ok"})
            return JSONResponse({"status": "unavailable", "detail": problem}, status_code=503)

        return respond

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/livez", answer(live), methods=["GET"]),
        Route("/readyz", answer(ready), methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]


async def nothing_wrong() -> str | None:
    """A check for processes that are well as long as they answer."""
    return None
