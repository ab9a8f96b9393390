"""/docs: what OpenAPI says of this API, as a page. All of it comes from here, so that it needs no network and tells nobody who
reads it."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing of other hosts. Swagger UI has style attributes, which no rule allows by themselves."""

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Belltower's API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="page"><noscript>This page needs JavaScript; openapi.json says the same.</noscript></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
"""

_START = """\
SwaggerUIBundle({url: "openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null});
"""


async def _page(_: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def _start(_: Request) -> Response:
    return Response(_START, media_type="text/javascript")


def docs_routes() -> list[Route | Mount]:
    """The page, and its scripts and styles: Swagger UI's own files, as the package fastapi-swagger has them."""
    return [
        Route("/docs", _page),
        Route("/docs/start.js", _start),
        Mount("/docs", StaticFiles(packages=[("fastapi_swagger", "resources")])),
    ]
