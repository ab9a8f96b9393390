"""The wallet: its figures, its entries, and what an administrator puts into it."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems


@pytest.fixture
def tag() -> str:
    """A word that only this test has in its notes and names."""
    return f"t{uuid4().hex[:8]}"


def test_credit_is_added_once_and_stands_among_the_entries(page: Page, product: Product, tag: str) -> None:
    page.goto("/wallet")
    page.get_by_role("button", name="Top up").click()
    dialog = page.get_by_role("dialog", name="Top up the wallet")
    expect(dialog.get_by_text("It charges no card")).to_be_visible()
    amount = dialog.get_by_label("Amount in")
    expect(amount).to_be_focused()
    page.keyboard.type("12,500")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("point before the decimals")
    amount.fill("12,50")
    dialog.get_by_label("Note").fill(f"Invoice {tag}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("was added to the wallet.")).to_be_visible()
    expect(dialog).to_be_hidden()
    entry = page.get_by_role("listitem").filter(has_text=f"Invoice {tag}")
    expect(entry).to_contain_text("Top-up")
    expect(entry).to_contain_text("+USD\u00a012.50")
    noted = [each["note"] for each in product.items("/api/wallet/entries?limit=500")]
    assert noted.count(f"Invoice {tag}") == 1


def test_what_was_typed_survives_an_error_and_an_end_of_the_session(
    page: Page, visit: Visit, product: Product, tag: str
) -> None:
    page.goto("/wallet")
    page.get_by_role("button", name="Top up").click()
    dialog = page.get_by_role("dialog", name="Top up the wallet")
    dialog.get_by_label("Amount in").fill("3.25")
    dialog.get_by_label("Note").fill(f"Again {tag}")
    visit.context.clear_cookies()
    page.keyboard.press("Enter")
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password").fill(product.password)
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()
    expect(dialog.get_by_label("Amount in")).to_have_value("3.25")
    dialog.get_by_role("button", name="Add credit").click()
    expect(page.get_by_role("listitem").filter(has_text=f"Again {tag}")).to_be_visible()
    visit.forgive("401")


def test_a_call_is_paid_before_ones_eyes_and_leads_to_its_campaign(page: Page, product: Product, tag: str) -> None:
    page.goto("/wallet")
    total = page.get_by_text(re.compile(r"^[\d,]+ (entry|entries)$"))
    expect(total).to_be_visible()
    before = total.inner_text()
    campaign = product.create(name=f"Paid {tag}").json()["id"]
    expect(total).not_to_have_text(before)
    (call,) = product.items(f"/api/campaigns/{campaign}/calls")
    charge = page.get_by_role("listitem").filter(has_text="Call").first
    expect(charge).to_contain_text("−USD")
    charge.get_by_role("button", name="Show the call").click()
    page.wait_for_url(f"**/campaigns/{campaign}?call={call['id']}")


@pytest.fixture(params=["light", "dark"])
def coloured(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The page in each of the two colour schemes."""
    with Visit(browser, product, color_scheme=request.param).opened() as visit:
        yield visit.sign_in("/wallet")


def test_the_wallet_is_for_everybody(coloured: Page) -> None:
    for size in (WIDE, PHONE):
        coloured.set_viewport_size({"width": size["width"], "height": size["height"]})
        expect(coloured.get_by_role("definition").first).to_contain_text("USD")
        expect(coloured.get_by_role("listitem").filter(has_text="USD").first).to_be_visible()
        assert accessibility_problems(coloured) == []
        assert coloured.evaluate("document.documentElement.scrollWidth <= innerWidth")
    coloured.get_by_role("button", name="Top up").click()
    expect(coloured.get_by_role("dialog")).to_be_visible()
    assert accessibility_problems(coloured) == []
