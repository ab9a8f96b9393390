"""The list of campaigns: found, ordered, live, through a lost connection, and deleted with a way back."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import PHONE, Visit, accessibility_problems


@pytest.fixture
def tag() -> str:
    """A word that only this test's campaigns have in their names."""
    return f"t{uuid4().hex[:8]}"


def is_loaded(page: Page) -> None:
    """Wait until the list is there, or that there is none."""
    expect(page.get_by_text(re.compile(r"^[\d,]+ campaigns?$"))).to_be_visible()


def names(page: Page) -> list[str]:
    """The campaigns that are listed, from top to bottom."""
    return [name.strip() for name in page.get_by_role("row").get_by_role("link").all_inner_texts()]


def test_campaigns_are_found_and_ordered_and_the_address_says_how(page: Page, product: Product, tag: str) -> None:
    for name in ("Beta", "Alpha", "Gamma"):
        product.create(name=f"{name} {tag}", is_scheduled=True, scheduled_time=in_seconds(86_400))
    page.get_by_label("Search by name").fill(tag)
    expect(page.get_by_text("3 campaigns found")).to_be_visible()
    assert names(page) == [f"{name} {tag}" for name in ("Gamma", "Alpha", "Beta")]
    page.get_by_label("Order").select_option("Name: A to Z")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Alpha")
    assert names(page) == [f"{name} {tag}" for name in ("Alpha", "Beta", "Gamma")]
    page.get_by_label("Status").select_option("Scheduled")
    expect(page.get_by_text("3 campaigns found")).to_be_visible()
    page.reload()
    expect(page.get_by_text("3 campaigns found")).to_be_visible()
    assert names(page) == [f"{name} {tag}" for name in ("Alpha", "Beta", "Gamma")]
    page.get_by_label("Status").select_option("Failed")
    expect(page.get_by_role("heading", name="No campaign fits")).to_be_visible()
    page.get_by_role("link", name="Show all campaigns").click()
    expect(page.get_by_role("row").filter(has_text=f"Gamma {tag}")).to_be_visible()


def test_a_campaign_appears_and_runs_to_its_end_before_ones_eyes(page: Page, product: Product, tag: str) -> None:
    is_loaded(page)
    product.create(name=f"Live {tag}", phone_numbers=["+12025550143", "+12025550144"])
    row = page.get_by_role("row").filter(has_text=f"Live {tag}")
    expect(row).to_be_visible()
    expect(row.get_by_text("COMPLETED")).to_be_visible()
    expect(row.get_by_text("2 of 2").filter(visible=True)).to_be_visible()


def test_a_lost_connection_is_said_and_heals(page: Page, visit: Visit, product: Product, tag: str) -> None:
    is_loaded(page)
    visit.context.set_offline(True)
    expect(page.get_by_text("Connection lost.")).to_be_visible()
    product.create(name=f"Meanwhile {tag}", is_scheduled=True, scheduled_time=in_seconds(86_400))
    visit.context.set_offline(False)
    expect(page.get_by_text("Connection lost.")).to_be_hidden()
    expect(page.get_by_role("row").filter(has_text=f"Meanwhile {tag}").get_by_text("SCHEDULED")).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK")


def test_what_cannot_be_loaded_says_why_and_is_there_by_itself_when_it_can(visit: Visit) -> None:
    page = visit.sign_in("/api-keys")
    expect(page.get_by_role("heading", name="API keys")).to_be_visible()
    visit.context.set_offline(True)
    page.get_by_role("link", name="Campaigns").first.click()
    page.get_by_label("Search by name").fill("anything")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    visit.context.set_offline(False)
    expect(page.get_by_role("heading", name="No campaign fits")).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK")


def test_a_page_whose_code_cannot_be_loaded_says_so_and_is_there_when_it_can(page: Page, visit: Visit) -> None:
    is_loaded(page)
    visit.context.set_offline(True)
    page.get_by_role("link", name="Calendar").first.click()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    visit.context.set_offline(False)
    expect(page.get_by_role("heading", name="Calendar", exact=True)).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK|dynamically imported module|could not be reached")


def test_a_campaign_is_deleted_unless_one_thinks_again(page: Page, product: Product, tag: str) -> None:
    product.create(name=f"Gone {tag}", is_scheduled=True, scheduled_time=in_seconds(86_400))
    row = page.get_by_role("row").filter(has_text=f"Gone {tag}")
    for undone in (True, False):
        row.get_by_role("button", name="Actions").click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(row).to_be_hidden()
        if undone:
            page.get_by_role("button", name="Undo").click()
            expect(row).to_be_visible()
    page.goto("/wallet")  # whoever leaves before the time to undo has passed meant it
    page.goto("/campaigns")
    is_loaded(page)
    assert f"Gone {tag}" not in [each["name"] for each in product.items(f"/api/campaigns?search={tag}")]


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The page on a phone."""
    with Visit(browser, product, viewport=PHONE, color_scheme=request.param).opened() as visit:
        yield visit.sign_in()


def test_the_list_is_for_everybody_on_a_phone_too(phone: Page, product: Product, tag: str) -> None:
    product.create(name=f"Accessible {tag}")
    expect(phone.get_by_role("row").filter(has_text=tag).get_by_text("COMPLETED")).to_be_visible()
    assert accessibility_problems(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_list_is_for_everybody(page: Page, product: Product, tag: str) -> None:
    product.create(name=f"Accessible {tag}", is_scheduled=True, scheduled_time=in_seconds(86_400))
    expect(page.get_by_role("row").filter(has_text=tag)).to_be_visible()
    assert accessibility_problems(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Create Campaign"))).to_be_focused()


def test_the_list_needs_little_code(visit: Visit) -> None:
    answers: list[Response] = []
    visit.page.on("response", lambda answer: answers.append(answer))
    is_loaded(visit.sign_in())
    scripts = [answer.body() for answer in answers if urlsplit(answer.url).path.endswith(".js")]
    assert scripts
    assert sum(len(gzip.compress(script)) for script in scripts) < 250_000
