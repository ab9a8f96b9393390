"""ETags (RFC 9110, 8.8.3): a reader that has what there is gets 304 and no body, an edit names the state it is made for.

A campaign's is `"<version of its row>.<hash of what is shown>"`. Whether a reader has what there is goes by all of it. Whether an
edit still fits goes by the version alone: edits and moves change that, calls do not.
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from belltower.db import campaigns
from belltower_api.schemas.campaign import Campaign

_OK = 200


def with_etag(request: Request, response: Response) -> Response:
    """Give a read's answer an ETag, of its content unless it has one, or 304 to whoever has it. Streamed answers have none."""
    body = getattr(response, "body", None)
    if request.method not in ("GET", "HEAD") or response.status_code != _OK or not isinstance(body, bytes):
        return response
    tag = response.headers.get("ETag") or f'"{_hash(body)}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if _has(request.headers.get("If-None-Match", ""), tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def of_campaign(campaign: campaigns.Campaign, shown: Campaign) -> str:
    """The ETag of a campaign, as `GET /api/campaigns/{id}` shows it."""
    return f'"{campaign.version}.{_hash(shown.model_dump_json().encode())}"'


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _has(known: str, tag: str) -> bool:
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or known.strip() == "*"
