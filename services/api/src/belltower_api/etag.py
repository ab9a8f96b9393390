"""ETags (RFC 9110, 8.8.3): a reader that has what there is gets 304 and no body."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

_OK = 200


def with_etag(request: Request, response: Response) -> Response:
    """Give a read's answer the ETag of its content, or 304 to whoever has it. Streamed answers have none."""
    body = getattr(response, "body", None)
    if request.method not in ("GET", "HEAD") or response.status_code != _OK or not isinstance(body, bytes):
        return response
    if "ETag" in response.headers:  # its own: what `If-Match` is compared with
        return response
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _has(request.headers.get("If-None-Match", ""), tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _has(known: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or known.strip() == "*"
