"""The web app's files, where no gateway serves them (as in `make run`): every address that is not the API's is answered by it."""

from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HEADERS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""As the gateway says them (deploy/gateway/Caddyfile); the content security policy is in the page itself."""
_FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose name changes with their content."""
_ASK_AGAIN = "no-cache"


class WebApp(StaticFiles):
    """A folder of files, in which every address without a file is a page of the app: `index.html` decides which."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self._page = folder / "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at a path, or the page."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_page(path):
                raise
            response = FileResponse(self._page)
        response.headers.update(HEADERS)
        response.headers["Cache-Control"] = _FOR_EVER if path.startswith("assets/") else _ASK_AGAIN
        return response


def _is_page(path: str) -> bool:
    """Whether a person may have gone to this address: no file's name, and nothing of the API's or the carrier's."""
    first, _, _ = path.partition("/")
    return first not in ("api", "carrier", "docs") and "." not in path.rpartition("/")[2]
