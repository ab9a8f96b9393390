"""Recurring campaigns: built in words, looked at, changed, left out, and moved on the calendar."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems
from tests.support.eventually import eventually_sync

YEAR = datetime.now(UTC).year + 7
"""Far enough for nothing to fall due, and a year that no other test plans in."""
FORWARD = max(date(YEAR, 3, day) for day in range(25, 32) if date(YEAR, 3, day).weekday() == 6)
"""The Sunday in March on which clocks in Berlin skip the hour after 02:00."""


@pytest.fixture
def tag() -> str:
    """A word that only this test's series have in their names."""
    return f"s{uuid4().hex[:8]}"


def daily(product: Product, name: str, first: date) -> dict[str, Any]:
    """A series that calls every day at noon in Berlin."""
    body = {
        "name": name,
        "welcome_message": "Hello, see you today.",
        "phone_numbers": ["+12025550143", "+12025550144"],
        "rule": {"rrule": "FREQ=DAILY;COUNT=20", "starts": f"{first}T12:00", "timezone": "Europe/Berlin"},
    }
    answer = product.client.post("/api/series", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def get(product: Product, series_id: str) -> dict[str, Any]:
    answer = product.client.get(f"/api/series/{series_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def made(product: Product, series_id: str) -> str:
    """The campaign of its first occurrence, once that is made."""
    return str(
        eventually_sync(lambda: product.items(f"/api/series/{series_id}/occurrences")[0]["campaign_id"], interval=0.1)
    )


def drag(page: Page, event: Locator, place: Locator) -> None:
    """Take something with the mouse and drop it elsewhere, as a hand does."""
    carry(page, event, place)
    page.mouse.up()


def carry(page: Page, event: Locator, place: Locator) -> None:
    """Take something with the mouse and hold it over another place."""
    event.hover()  # once nothing moves any more
    start, end = event.bounding_box(), place.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 60, steps=12)


def test_a_repetition_is_built_in_words_and_seen_before_it_is_created(page: Page, product: Product, tag: str) -> None:
    page.goto("/campaigns?create=true")
    dialog = page.get_by_role("dialog", name="Create Campaign")
    dialog.get_by_label("Name", exact=True).fill(f"Reminder {tag}")
    dialog.get_by_label("Message").fill("Hello, see you today.")
    dialog.get_by_role("textbox", name="Phone numbers").fill("+12025550143")
    dialog.get_by_role("button", name="Schedule for Later").click()
    before = FORWARD - timedelta(days=7)
    dialog.get_by_label("Date").fill(f"{before}")
    dialog.get_by_label("Time", exact=True).fill("02:30")
    dialog.get_by_label("Repeats").select_option(label="Every week")
    sunday = dialog.get_by_role("button", name="Sunday", exact=True)
    expect(sunday).to_have_attribute("aria-pressed", "true")
    meaning = dialog.get_by_role("region", name="What this means")
    expect(meaning.get_by_role("listitem")).to_have_count(10)
    expect(meaning).to_contain_text("Every Sunday at 02:30, Europe/Berlin.")
    expect(meaning).to_contain_text(f"02:30 does not exist in Europe/Berlin on {FORWARD}; 03:00 instead.")
    dialog.get_by_label("Ends").select_option(label="After N times")
    dialog.get_by_label("Times", exact=True).fill("4")
    expect(meaning.get_by_role("listitem")).to_have_count(4)
    meaning.get_by_role("button", name=re.compile("^Leave out")).first.click()
    expect(meaning.get_by_role("listitem")).to_have_count(3)
    assert accessibility_problems(page) == []
    sunday.click()
    dialog.get_by_role("button", name="Create Campaign").click()
    expect(dialog.get_by_text("Choose at least one day of the week.")).to_be_visible()
    sunday.click()
    dialog.get_by_role("button", name="Create Campaign").click()
    expect(page.get_by_text(f"“Reminder {tag}” is created")).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url("**/series/*")
    series = get(product, page.url.rsplit("/", 1)[1])
    assert series["rule"] == {
        "rrule": "FREQ=WEEKLY;BYDAY=SU;COUNT=4",
        "starts": f"{before}T02:30:00",
        "timezone": "Europe/Berlin",
        "exdates": [f"{before}"],
        "ends": None,
    }
    expect(page.get_by_role("list", name="Times").get_by_role("listitem")).to_have_count(3)


def test_a_series_is_paused_resumed_left_out_and_deleted(page: Page, product: Product, tag: str) -> None:
    series = daily(product, f"Notice {tag}", date(YEAR, 5, 2))["id"]
    made(product, series)
    page.goto("/series")
    expect(page.get_by_role("link", name=f"Notice {tag}")).to_be_visible()
    assert accessibility_problems(page) == []
    page.get_by_role("link", name=f"Notice {tag}").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("PAUSED", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("ACTIVE", exact=True)).to_be_visible()
    expect(page.get_by_text("None of its times has come yet.")).to_be_visible()
    rows = page.get_by_role("list", name="Times").get_by_role("listitem")
    expect(rows.first.get_by_role("link", name=re.compile("Open the campaign"))).to_be_visible()
    rows.first.get_by_role("button", name=re.compile("^Actions")).click()
    page.get_by_role("menuitem", name="Leave this one out").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave it out").click()
    expect(rows.first).to_contain_text("3 May")
    history = page.get_by_role("list", name="History")
    for word in ("Created", "Paused", "Resumed", "Skipped"):
        expect(history.get_by_text(word, exact=True)).to_be_visible()
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.reload()  # what was said has half faded by now
    expect(rows.first).to_contain_text("3 May")
    expect(page.get_by_role("list", name="Its campaigns so far").get_by_text("CANCELLED")).to_be_visible()
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    page.wait_for_url("**/series")
    expect(page.get_by_role("link", name=f"Notice {tag}")).to_have_count(0)


def test_who_lost_a_race_keeps_what_they_typed(page: Page, visit: Visit, product: Product, tag: str) -> None:
    series = daily(product, f"Notice {tag}", date(YEAR, 6, 2))
    page.goto(f"/series/{series['id']}")
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Message").fill("Good morning.")
    other = product.client.patch(
        f"/api/series/{series['id']}", json={"name": f"Other {tag}"}, headers={"If-Match": f'"{series["version"]}"'}
    )
    assert other.status_code == 200, other.text
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Somebody changed the name meanwhile.")).to_be_visible()
    expect(dialog.get_by_label("Message")).to_have_value("Good morning.")
    dialog.get_by_role("button", name="Save again").click()
    expect(dialog).to_have_count(0)
    now = get(product, series["id"])
    assert (now["name"], now["definition"]["welcome_message"]) == (f"Other {tag}", "Good morning.")
    visit.forgive("412")


def test_one_time_of_a_series_tells_of_it_and_what_to_change_is_asked(page: Page, product: Product, tag: str) -> None:
    series = daily(product, f"Notice {tag}", date(YEAR, 7, 2))["id"]
    page.goto(f"/campaigns/{made(product, series)}")
    expect(page.get_by_text("every day at 12:00, Europe/Berlin")).to_be_visible()
    page.get_by_role("button", name="Change this one or the series").click()
    dialog = page.get_by_role("dialog")
    for choice in ("This one Only", "This one and all that follow", "All that is to come"):
        expect(dialog.get_by_role("button", name=choice)).to_be_visible()
    assert accessibility_problems(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name=f"Notice {tag}").click()
    page.get_by_role("button", name=re.compile("^Actions for .*5 Jul")).click()
    page.get_by_role("menuitem", name="Change this and all that follow").click()
    dialog.get_by_label("Time", exact=True).fill("15:00")
    dialog.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: "/series/" in url and series not in url)
    expect(page.get_by_role("main").get_by_text("Every day at 15:00, Europe/Berlin, 17 times.")).to_be_visible()
    assert len(product.items(f"/api/series/{series}/occurrences")) == 3


def test_a_campaign_is_dragged_and_taken_back(page: Page, product: Product, tag: str) -> None:
    noon = datetime(YEAR, 8, 10, 10, tzinfo=UTC)
    campaign = product.create(name=f"Notice {tag}", is_scheduled=True, scheduled_time=noon.isoformat()).json()["id"]
    page.clock.set_fixed_time(datetime(YEAR, 8, 8, 10, tzinfo=UTC))
    page.goto(f"/calendar?view=month&date={noon:%Y-%m-%d}")
    expect(page.get_by_role("region", name="Calendar")).to_have_attribute("aria-busy", "false")
    event = page.get_by_role("link", name=f"Notice {tag}")
    drag(page, event, page.locator(f'[data-date="{YEAR}-08-18"]'))
    expect(page.get_by_text("Before: ")).to_be_visible()
    moved = f"{YEAR}-08-18T10:00:00.000Z"
    assert product.get(campaign)["scheduled_time"] == moved
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("again.$"))).to_be_visible()
    assert product.get(campaign)["scheduled_time"] == f"{YEAR}-08-10T10:00:00.000Z"
    expect(page.locator(f'[data-date="{YEAR}-08-10"]').get_by_role("link", name=f"Notice {tag}")).to_be_visible()
    drag(page, event, page.locator(f'[data-date="{YEAR}-08-05"]'))
    expect(page.get_by_text("That time has passed.")).to_be_visible()
    expect(page.locator(f'[data-date="{YEAR}-08-10"]').get_by_role("link", name=f"Notice {tag}")).to_be_visible()


def test_a_campaign_is_dropped_although_another_came_meanwhile(page: Page, product: Product, tag: str) -> None:
    noon = datetime(YEAR, 9, 14, 10, tzinfo=UTC)
    timed = {"is_scheduled": True, "scheduled_time": noon.isoformat()}
    campaign = product.create(name=f"Notice {tag}", **timed).json()["id"]
    page.goto(f"/calendar?view=month&date={noon:%Y-%m-%d}")
    expect(page.get_by_role("region", name="Calendar")).to_have_attribute("aria-busy", "false")
    shown = page.get_by_text(re.compile(r"^[\d,]+ campaigns?"))
    before = shown.inner_text()
    carry(page, page.get_by_role("link", name=f"Notice {tag}"), page.locator(f'[data-date="{YEAR}-09-22"]'))
    product.create(name=f"Another {tag}", **timed)
    expect(shown).not_to_have_text(before)
    page.mouse.up()
    expect(page.get_by_text("Before: ")).to_be_visible()
    assert product.get(campaign)["scheduled_time"] == f"{YEAR}-09-22T10:00:00.000Z"
    expect(page.get_by_role("link", name=f"Another {tag}")).to_be_visible()


def test_times_that_are_to_come_are_left_out_and_moved_by_the_keyboard(page: Page, product: Product, tag: str) -> None:
    series = daily(product, f"Notice {tag}", date(YEAR, 9, 6))["id"]
    campaign = made(product, series)
    page.goto(f"/calendar?view=month&date={YEAR}-09-06")
    expect(page.get_by_role("link", name=f"Notice {tag} (scheduled)")).to_have_count(1)
    coming = page.get_by_role("link", name=f"Notice {tag} (repeats)")
    expect(coming).to_have_count(19)
    for size in (WIDE, PHONE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert accessibility_problems(page) == []
    page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
    coming.first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Leave it out").click()
    dialog.get_by_role("button", name="Leave it out").click()
    expect(coming).to_have_count(18)
    page.get_by_role("link", name=f"Notice {tag} (scheduled)").focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Time", exact=True).fill("16:00")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("It becomes an exception")
    dialog.get_by_role("button", name="Move this one").click()
    expect(page.get_by_text("Before: ")).to_be_visible()
    found = product.get(campaign)
    assert (found["scheduled_time"], found["is_exception"]) == (f"{YEAR}-09-06T14:00:00.000Z", True)


def test_an_address_to_subscribe_to_is_shown_once_and_revoked(page: Page, product: Product, tag: str) -> None:
    page.goto("/calendar")
    page.get_by_role("button", name="Subscribe").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Who reads it").fill(f"Ada {tag}")
    dialog.get_by_role("button", name="Create address").click()
    address = dialog.locator("code").inner_text()
    row = dialog.get_by_role("listitem").filter(has_text=f"Ada {tag}")
    expect(row).to_contain_text("never read yet")
    path = address[address.index("/api/") :]
    assert product.client.get(path).text.startswith("BEGIN:VCALENDAR")
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name=f"Revoke Ada {tag}").click()
    dialog.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_text("its address shows nothing any more")).to_be_visible()
    expect(dialog.get_by_text("None yet.").or_(dialog.get_by_role("list"))).to_be_visible()
    expect(row).to_have_count(0)
    assert product.client.get(path).status_code == 410
