"""No page of another site may act with the cookie of a person who is signed in here (cross-site request forgery).

A browser says where a request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata) where the connection is secure, and `Origin`
(RFC 6454) with every method that changes something. A page can write neither. What says nothing is no page of ours.
"""

from starlette.requests import Request

from belltower_api.errors import CrossSite

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""
_OURS = frozenset({"same-origin", "none"})
"""A page of ours, and the person themselves."""


def refuse_other_sites(request: Request, public_url: str) -> None:
    """Raises `CrossSite` for what changes something and does not come from our own pages."""
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if not (site in _OURS if site is not None else _is_our_origin(request, public_url)):
        raise CrossSite


def _is_our_origin(request: Request, public_url: str) -> bool:
    """Whether `Origin` is where we are: as it is configured, or as this request was addressed (TLS may have ended before)."""
    origin = request.headers.get("Origin", "").lower()
    ours = public_url.lower()
    if host := request.headers.get("Host", "").lower():
        # Where TLS is what is meant, a page without it may be anybody's.
        schemes = ("https",) if ours.startswith("https://") else ("https", "http")
        return origin in (ours, *(f"{scheme}://{host}" for scheme in schemes))
    return origin == ours
