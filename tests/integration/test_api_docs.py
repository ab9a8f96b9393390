"""/docs, for people who read what the API can do."""

import re

from tests.support.api import Api


async def test_the_page_is_whole_without_any_other_host(api: Api) -> None:
    page = await api.client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(parts) == 4
    assert "//" not in page.text
    for part in parts:
        answer = await api.client.get(f"/{part}")
        assert answer.status_code == 200, part
        assert answer.content
        kind = {"js": "text/javascript", "css": "text/css", "png": "image/png"}[part.rpartition(".")[2]]
        assert answer.headers["content-type"].partition(";")[0] == kind
    start = (await api.client.get("/docs/start.js")).text
    assert "//" not in start
    [description] = re.findall(r'url: "([^"]+)"', start)
    assert (await api.client.get(f"/{description}")).json()["openapi"].startswith("3.1")


async def test_the_browser_is_told_to_load_nothing_from_elsewhere(api: Api) -> None:
    policy = (await api.client.get("/docs")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert rules["script-src"] == "'self'", "no script in the page itself"
    assert {word for rule in rules.values() for word in rule.split()} == {
        "'none'",
        "'self'",
        "'unsafe-inline'",
        "data:",
    }


async def test_what_did_not_change_is_not_loaded_again_and_what_is_not_there_is_a_problem(api: Api) -> None:
    first = await api.client.get("/docs/swagger-ui-bundle.js")
    again = await api.client.get("/docs/swagger-ui-bundle.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    missing = await api.client.get("/docs/nothing.js")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
