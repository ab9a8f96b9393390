"""The calendar: campaigns at the moment of their start, and empty slots in which to plan one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems


@pytest.fixture
def tag() -> str:
    """A word that only this test's campaigns have in their names."""
    return f"t{uuid4().hex[:8]}"


def noon_in(years: int) -> datetime:
    """Noon in Berlin, 11:00 in UTC, on a 15 January: each test that plans campaigns has a month of its own."""
    return datetime(datetime.now(UTC).year + years, 1, 15, 11, tzinfo=UTC)


def plan(product: Product, name: str, at: datetime) -> str:
    """A campaign for an instant; its id."""
    answer = product.create(name=name, is_scheduled=True, scheduled_time=at.isoformat())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def search_of(page: Page) -> dict[str, str]:
    """What the page's address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_campaign_stands_at_its_time_and_opens(page: Page, product: Product, tag: str) -> None:
    noon = noon_in(2)
    campaign = plan(product, f"Notice {tag}", noon)
    page.goto(f"/calendar?view=week&date={noon:%Y-%m-%d}")
    event = page.get_by_role("link", name=f"12:00 Notice {tag} (scheduled)")
    expect(event).to_be_visible()
    for view in ("Day", "Agenda", "Month"):
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.get_by_role("button", name=view, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("link", name=f"Notice {tag}")).to_be_visible()
        assert search_of(page)["view"] == view.lower()
    page.get_by_role("button", name="The month after").click()
    expect(page.get_by_role("heading", name=f"February {noon.year}")).to_be_visible()
    expect(page.get_by_text("No campaign in this span.")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name=f"Notice {tag}").click()
    page.get_by_role("dialog", name=f"Notice {tag}").get_by_role("link", name="Open campaign").click()
    page.wait_for_url(f"**/campaigns/{campaign}")


def test_what_starts_now_appears_and_ends_before_ones_eyes(page: Page, product: Product, tag: str) -> None:
    page.goto("/calendar?view=agenda")
    expect(page.get_by_role("heading", name="Calendar")).to_be_visible()
    product.create(name=f"Now {tag}", phone_numbers=["+12025550143", "+12025550144"])
    event = page.get_by_role("link", name=f"Now {tag}").first  # shortly before midnight it is shown on both days
    expect(event).to_contain_text("COMPLETED")
    expect(event).to_contain_text("2 of 2 people")


def test_an_empty_slot_is_where_a_campaign_can_be_planned(page: Page) -> None:
    noon = noon_in(3)
    page.goto(f"/calendar?view=month&date={noon:%Y-%m-%d}")
    page.locator(f'[data-date="{noon:%Y-%m-%d}"]').click(position={"x": 20, "y": 60})
    page.wait_for_url("**create=true**")
    assert search_of(page) | {"create": "true", "at": f"{noon:%Y-%m-%d}T08:00:00.000Z"} == search_of(page)
    page.goto("/calendar?view=month&date=2020-01-15")
    page.locator('[data-date="2020-01-15"]').click(position={"x": 20, "y": 60})
    expect(page.get_by_text("That time has passed.")).to_be_visible()
    assert "create" not in search_of(page)


def test_a_slot_is_reached_by_the_keyboard(page: Page) -> None:
    noon = noon_in(3)
    page.goto(f"/calendar?view=week&date={noon:%Y-%m-%d}")
    mark = page.get_by_role("spinbutton", name=re.compile("Time for a new campaign"))
    page.get_by_role("button", name="The week after").focus()
    page.keyboard.press("Tab")
    expect(mark).to_be_focused()
    expect(mark).to_have_attribute("aria-valuetext", re.compile(r"15 Jan.* 0?9:00"))
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**create=true**")
    assert search_of(page)["at"] == f"{noon + timedelta(days=1):%Y-%m-%d}T08:30:00.000Z"


def test_many_at_once_are_counted_and_shown_when_asked_for(page: Page, product: Product, tag: str) -> None:
    noon = noon_in(4)
    for number in range(9):
        plan(product, f"Notice {number} {tag}", noon)
    page.goto(f"/calendar?view=month&date={noon:%Y-%m-%d}")
    more = page.get_by_role("button", name=re.compile("more"))
    expect(more).to_have_text(re.compile(r"^\+\d more$"))
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link")).to_have_count(9)
    assert accessibility_problems(page) == []
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_what_cannot_be_loaded_says_why_and_is_there_by_itself_when_it_can(page: Page, visit: Visit) -> None:
    page.goto("/calendar?view=month&date=2021-03-15")
    expect(page.get_by_text("No campaign in this span.")).to_be_visible()
    visit.context.set_offline(True)
    page.get_by_role("button", name="The month after").click()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    visit.context.set_offline(False)
    expect(page.get_by_text("No campaign in this span.")).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED|ERR_NETWORK")


@pytest.fixture(params=["light", "dark"])
def coloured(request: pytest.FixtureRequest, browser: Browser, product: Product) -> Iterator[Page]:
    """The page in each of the two colour schemes."""
    with Visit(browser, product, color_scheme=request.param).opened() as visit:
        yield visit.sign_in()


def test_the_calendar_is_for_everybody(coloured: Page, product: Product, tag: str) -> None:
    is_dark = coloured.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    noon = noon_in(6 if is_dark else 5)
    plan(product, f"Notice {tag}", noon)
    for size in (WIDE, PHONE):
        coloured.set_viewport_size({"width": size["width"], "height": size["height"]})
        for view in ("month", "week", "agenda"):
            coloured.goto(f"/calendar?view={view}&date={noon:%Y-%m-%d}")
            expect(coloured.get_by_role("link", name=f"Notice {tag}")).to_be_visible()
            assert accessibility_problems(coloured) == []
            assert coloured.evaluate("document.documentElement.scrollWidth <= innerWidth")
