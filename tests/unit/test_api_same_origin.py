"""Which requests come from our own pages."""

import pytest
from starlette.requests import Request

from belltower_api.errors import CrossSite
from belltower_api.same_origin import refuse_other_sites

PUBLIC_URL = "https://calls.example.com"
OURS: dict[str, dict[str, str]] = {
    "a page of ours": {"Sec-Fetch-Site": "same-origin"},
    "the person": {"Sec-Fetch-Site": "none"},
    "the public address": {"Origin": "https://calls.example.com"},
    "the address that was asked": {"Origin": "https://tower.example.com", "Host": "tower.example.com"},
}
THEIRS: dict[str, dict[str, str]] = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another host of the site": {"Sec-Fetch-Site": "same-site"},
    "another site with our origin": {"Sec-Fetch-Site": "cross-site", "Origin": "https://calls.example.com"},
    "a word that nobody knows": {"Sec-Fetch-Site": "", "Origin": "https://calls.example.com"},
    "another origin": {"Origin": "https://evil.example"},
    "another port": {"Origin": "https://calls.example.com:8443", "Host": "calls.example.com"},
    "without TLS": {"Origin": "http://calls.example.com", "Host": "calls.example.com"},
    "a longer name": {"Origin": "https://calls.example.com.evil.example"},
    "another scheme": {"Origin": "chrome-extension://calls.example.com", "Host": "calls.example.com"},
    "a sandboxed page": {"Origin": "null", "Host": "null"},
    "no host": {"Origin": "https://", "Host": ""},
    "nothing said": {"Host": "calls.example.com"},
}


def request(method: str, headers: dict[str, str]) -> Request:
    """A request with these headers."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_our_own_pages_change_is_taken(method: str, headers: dict[str, str]) -> None:
    refuse_other_sites(request(method, headers), PUBLIC_URL)


@pytest.mark.parametrize("headers", THEIRS.values(), ids=THEIRS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_pages_of_others_change_is_refused(method: str, headers: dict[str, str]) -> None:
    with pytest.raises(CrossSite):
        refuse_other_sites(request(method, headers), PUBLIC_URL)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_anybodys(method: str) -> None:
    refuse_other_sites(request(method, THEIRS["another site"]), PUBLIC_URL)


def test_where_no_tls_is_configured_it_is_not_asked_for() -> None:
    for origin in ("http://127.0.0.1:8080", "https://127.0.0.1:8080"):
        refuse_other_sites(request("POST", {"Origin": origin, "Host": "127.0.0.1:8080"}), "http://api:8080")
    with pytest.raises(CrossSite):
        refuse_other_sites(request("POST", {"Origin": "http://127.0.0.1", "Host": "127.0.0.1:8080"}), "http://api:8080")
