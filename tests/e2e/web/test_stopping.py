"""Pausing, resuming, starting and cancelling campaigns in the browser, and stopping all calling."""

import re

from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import Visit, accessibility_problems

MANY = [f"+1202555{number}" for number in range(1300, 1400)]


def test_a_campaign_is_paused_goes_on_and_is_cancelled(page: Page, product: Product) -> None:
    made = product.create(name="To be stopped", phone_numbers=MANY, concurrency=1).json()["id"]
    page.goto(f"/campaigns/{made}")
    expect(page.get_by_text("PROCESSING")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("PAUSED", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("^Nobody (else )?is called until you resume it"))).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("PROCESSING")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name="Cancel for good").click()
    expect(page.get_by_text("CANCELLED", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_hidden()
    assert product.get(made)["progress"]["waiting"] > 0


def test_a_scheduled_campaign_is_started_from_the_list(page: Page, product: Product) -> None:
    product.create(name="Not tomorrow", is_scheduled=True, scheduled_time=in_seconds(86_400))
    row = page.get_by_role("row").filter(has_text="Not tomorrow")
    row.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Start now").click()
    page.get_by_role("dialog").get_by_role("button", name="Start now").click()
    expect(row.get_by_text("COMPLETED")).to_be_visible()


def test_all_calling_is_stopped_from_every_page(browser: Browser, product: Product) -> None:
    office = product.another("stopper@example.com", balance="100.00")
    running = office.create(name="Running", phone_numbers=MANY, concurrency=1).json()["id"]
    later = office.create(name="Later", is_scheduled=True, scheduled_time=in_seconds(86_400)).json()["id"]
    with Visit(browser, office).opened() as visit:
        page = visit.sign_in("/wallet")
        page.get_by_role("button", name="Stop all calling").click()
        dialog = page.get_by_role("dialog", name="Stop all calling?")
        dialog.get_by_role("button", name="Stop all calling").click()
        expect(page.get_by_text("2 campaigns paused.")).to_be_visible()
    assert [office.get(each)["status"] for each in (running, later)] == ["paused", "paused"]
