"""API keys: made, shown once, used, revoked."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems


@pytest.fixture
def name() -> str:
    """A name that no other key has."""
    return f"Nightly import {uuid4().hex[:8]}"


def test_a_key_is_shown_once_works_and_stops_when_it_is_revoked(page: Page, visit: Visit, name: str) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/api-keys")
    page.get_by_role("button", name="Create key").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("Give the key a name.")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your new key")
    expect(dialog.get_by_text("It is shown only this once.")).to_be_visible()
    dialog.get_by_role("button", name="Copy: Key").click()
    expect(dialog.get_by_text("Copied").first).to_be_visible()
    key = page.evaluate("navigator.clipboard.readText()")
    expect(dialog.get_by_text(f"curl {visit.url}/api/campaigns")).to_contain_text(f"Bearer {key}")
    assert answer_to(visit, key) == 200
    dialog.get_by_role("button", name="I have kept it").click()
    assert key not in page.content()

    page.reload()
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text(key[:9])
    expect(row).to_contain_text("just now")
    for answer in ("Keep it", "Revoke for good"):
        row.get_by_role("button", name=f"Revoke {name}").press("Enter")
        asked = page.get_by_role("dialog", name=f"Revoke “{name}”?")
        expect(asked).to_contain_text("Programs that use it are refused")
        asked.get_by_role("button", name=answer).click()
        expect(asked).to_be_hidden()
        expect(row).to_have_count(1 if answer == "Keep it" else 0)
    assert answer_to(visit, key) == 401


def answer_to(visit: Visit, key: str) -> int:
    """What the API says to a program that has this key."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{visit.url}/api/me", headers=headers, trust_env=False).status_code


def test_a_name_is_not_lost_when_the_connection_is(page: Page, visit: Visit, name: str) -> None:
    page.goto("/api-keys")
    page.get_by_role("button", name="Create key").click()
    page.keyboard.type(name)
    visit.context.set_offline(True)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("could not be reached")
    expect(dialog.get_by_label("Name")).to_have_value(name)
    visit.context.set_offline(False)
    dialog.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("dialog", name="Your new key")).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK")


@pytest.fixture(params=["light", "dark"])
def coloured(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The page in each of the two colour schemes."""
    with Visit(browser, product, color_scheme=request.param).opened() as visit:
        yield visit.sign_in("/api-keys")


def test_the_keys_are_for_everybody(coloured: Page, name: str) -> None:
    for size in (WIDE, PHONE):
        coloured.set_viewport_size({"width": size["width"], "height": size["height"]})
        expect(coloured.get_by_role("button", name=re.compile("^Revoke")).first).to_be_visible()
        assert accessibility_problems(coloured) == []
        assert coloured.evaluate("document.documentElement.scrollWidth <= innerWidth")
    coloured.get_by_role("button", name="Create key").click()
    assert accessibility_problems(coloured) == []
    coloured.keyboard.type(name)
    coloured.keyboard.press("Enter")
    expect(coloured.get_by_role("dialog", name="Your new key")).to_be_visible()
    assert accessibility_problems(coloured) == []
