"""Pictures of every page, light and dark, on a desk and on a telephone, for people to look at: `make screenshots`.

They are taken of the real product with campaigns of many kinds, and written to docs/images/web/. Not collected as tests.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.conftest import Product, in_seconds
from tests.e2e.web.test_operations import bury, make_operator
from tests.e2e.web.test_unresolved_calls import with_lost_calls
from tests.support.browser import PHONE, WIDE, Visit
from tests.support.servers import CHECKOUT

IMAGES = CHECKOUT / "docs" / "images" / "web"
SIZES = {"desktop": WIDE, "phone": PHONE}
MESSAGE = "Hello {{name|there}}, this is a reminder of your appointment in {{city}} tomorrow."
CITIES = {"Ada": "London", "Grace": "New York", "Alan": "Wilmslow", "Emmy": "Erlangen"}
SURNAMES = ("Lovelace", "Hopper", "Turing", "Noether", "Curie", "Franklin")
PEOPLE = [
    {"phone": f"+1202555{1200 + number}", "name": f"{first} {last}", "fields": {"city": CITIES[first]}}
    for number, (last, first) in enumerate((last, first) for last in SURNAMES for first in CITIES)
]
NOBODY_ANSWERS = [
    {"phone": f"+1202555{suffix}", "name": "Robin Away", "fields": {"city": "Bonn"}}
    for suffix in (9900, 9901, 9902, 9903)
]
PRESSES_9 = {"phone": "+12025559918", "name": "Kim Leaving", "fields": {"city": "Basel"}}
NOT_CALLED = {"phone_numbers": "+442079460018, +442079460019", "note": "Asked by e-mail"}
ROBINSON = "Name;Mobile\nAnn;+1 202 555 0160\nBen;n/a\nCid;(202) 555-0161\n"
FILE = """Vorname;Handy;Ort;Notiz
Zoë;+49 172 5550143;Bonn;x
Ann;+49 172 5550144;Köln;
Ben;n/a;Bern;
"""

REPEATED = ("Monthly survey", "FREQ=MONTHLY;BYDAY=1MO", "11:00")

Take = Callable[[str], None]


@pytest.fixture(scope="module")
def office(product: Product) -> Product:
    """An account with one campaign of each kind, in the state that it comes to."""
    office = product.another("office@example.com", balance="100.00")
    people = {
        "welcome_message": MESSAGE,
        "contacts": [*PEOPLE, *NOBODY_ANSWERS],
        "phone_numbers": "12",
        "concurrency": 4,
    }
    one = {"welcome_message": "Hello, your parcel arrives tomorrow.", "phone_numbers": "+12025550143"}
    later: dict[str, Any] = {"is_scheduled": True}
    office.create(name="Survey: how was your visit?", scheduled_time=in_seconds(93_600), **later, **people)
    office.create(
        name="Power cut notice", scheduled_time="2027-01-12T09:30:00", timezone="Asia/Kolkata", **later, **people
    )
    office.create(name="Delivery notice", scheduled_time=in_seconds(7_200), **later, **one)
    failed = office.create(name="Notice from a number that is not ours", caller_id="+15005550001", **one).json()["id"]
    office.wait_for(failed, "failed")
    office.client.post("/api/do-not-call/batch", json=NOT_CALLED).raise_for_status()
    called = people | {"contacts": [*PEOPLE, *NOBODY_ANSWERS, PRESSES_9]}
    for name, rrule, time in (("Weekday reminder", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "09:30"), REPEATED):
        rule = {"rrule": rrule, "starts": f"2026-01-05T{time}", "timezone": "Europe/Berlin"}
        office.client.post("/api/series", json=people | {"name": name, "rule": rule}).raise_for_status()
    done = office.create(name="Appointment reminders, week 48", **called).json()["id"]
    office.wait_for(done, "completed")
    return office


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> str:
    """Light or dark."""
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """Of the window."""
    return str(request.param)


@pytest.fixture
def visitor(office: Product, browser: Browser, colours: str, size: str) -> Iterator[Visit]:
    """Somebody of that account, in front of such a window."""
    viewport, scale = SIZES[size], 1.5 if size == "phone" else 1
    options: dict[str, Any] = {"viewport": viewport, "color_scheme": colours, "device_scale_factor": scale}
    with Visit(browser, office, is_mobile=size == "phone", **options).opened() as visit:
        yield visit


@pytest.fixture
def take(visitor: Visit, colours: str, size: str) -> Take:
    """Takes a picture, under a name."""

    def take(name: str) -> None:
        page = visitor.page
        page.mouse.move(0, 0)
        page.evaluate("document.fonts.ready.then(() => undefined)")
        expect(page.locator(".animate-pulse")).to_have_count(0)
        page.screenshot(path=IMAGES / f"{name}-{colours}-{size}.png", animations="disabled")

    return take


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name).get_by_role("link")


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Create Campaign").first.click()
    return page.get_by_role("dialog", name="Create Campaign")


def test_sign_in(visitor: Visit, take: Take) -> None:
    visitor.page.goto("/sign-in")
    expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()
    take("sign-in")


def test_campaigns(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    expect(row_of(page, "Appointment reminders")).to_be_visible()
    take("campaigns")
    page.get_by_label("Search by name").fill("nothing is called so")
    expect(page.get_by_role("heading", name="No campaign fits")).to_be_visible()
    take("campaigns-none")


def test_create_campaign(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    dialog = opened(page)
    dialog.get_by_label("Name", exact=True).fill("Appointment reminders, week 49")
    dialog.get_by_label("Message").fill("Hello {{name|there}}, see you tomorrow at nine.")
    numbers = "\n".join(str(each["phone"]) for each in PEOPLE)
    dialog.get_by_role("textbox", name="Phone numbers").fill(f"{numbers}\n{PEOPLE[0]['phone']}\nn/a")
    expect(dialog.get_by_text("24 valid")).to_be_visible()
    expect(dialog.get_by_text("Calls 24 people now")).to_be_visible()
    take("create-typed")
    dialog.get_by_role("button", name="Schedule for Later").click()
    dialog.get_by_label("Date").fill("2027-01-12")
    dialog.get_by_label("Time", exact=True).fill("09:30")
    expect(dialog.get_by_text("09:30 in Berlin")).to_be_visible()
    dialog.get_by_label("Time", exact=True).scroll_into_view_if_needed()
    take("create-scheduled")


def test_upload(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    dialog = opened(page)
    dialog.get_by_label("Name", exact=True).fill("Termine im Dezember")
    dialog.get_by_role("button", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(
        {"name": "Termine.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1252")}
    )
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    dialog.get_by_label("Message").fill("Guten Tag {{name}}, bis morgen in {{Ort}}.")
    expect(dialog.get_by_text("Guten Tag Zoë, bis morgen in Bonn.")).to_be_visible()
    dialog.get_by_text("2 valid").scroll_into_view_if_needed()
    take("create-uploaded")


def test_campaign(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    row_of(page, "Appointment reminders").click()
    expect(page.get_by_text("100%")).to_be_visible()
    expect(page.locator(".recharts-surface").first).to_be_visible()
    take("campaign")
    page.get_by_role("tabpanel").get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    take("call")
    page.keyboard.press("Escape")
    for tab in ("Contacts", "History", "Settings", "Import errors"):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tabpanel").scroll_into_view_if_needed()
        take(f"campaign-{tab.lower().replace(' ', '-')}")


def test_failed_campaign(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    row_of(page, "Notice from a number").click()
    expect(page.get_by_text("FAILED").first).to_be_visible()
    take("campaign-failed")


def test_editing(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    page.get_by_role("checkbox", name="Choose Survey").click()
    page.get_by_role("checkbox", name="Choose Power cut").click()
    page.get_by_role("checkbox", name="Choose Appointment").click()
    take("campaigns-chosen")
    page.keyboard.press("Escape")
    row_of(page, "Power cut notice").click()
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Edit")
    expect(dialog.get_by_text("Ada Lovelace", exact=False).first).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("Power cut notice, east")
    take("edit")
    dialog.get_by_role("button", name="Add people").click()
    dialog.get_by_role("textbox", name="Phone numbers").fill("+12025550143\nn/a")
    expect(dialog.get_by_text("adds 1 person to the list")).to_be_visible()
    dialog.get_by_text("1 valid").scroll_into_view_if_needed()
    take("edit-people")
    page.keyboard.press("Escape")
    for item, name in (("Duplicate", "duplicate"), ("Another time", "reschedule")):
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name=item).click()
        page.get_by_role("dialog").get_by_role("button", name="Tomorrow at nine").click()
        take(name)
        page.keyboard.press("Escape")
    page.goto("/campaigns?archived=true")
    expect(page.get_by_role("heading", name="Nothing is archived")).to_be_visible()
    take("campaigns-archived")


def test_calendar(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in("/calendar?view=month")
    expect(page.locator("main a[href^='/campaigns/']").first).to_be_attached()
    take("calendar-month")
    for view in ("Week", "Day", "Agenda"):
        page.get_by_role("radio", name=view, exact=True).or_(page.get_by_role("button", name=view, exact=True)).click()
        take(f"calendar-{view.lower()}")


def test_calendar_entries(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in("/calendar?view=agenda")
    page.get_by_role("link", name="Weekday reminder").filter(has_text="SCHEDULED").click()
    expect(page.get_by_role("dialog").get_by_text("Every weekday at 09:30, Europe/Berlin.")).to_be_visible()
    take("calendar-entry")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("dialog").get_by_label("Who reads it")).to_be_visible()
    take("calendar-subscribe")


def test_series(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in("/series")
    expect(page.get_by_role("link", name="Weekday reminder")).to_be_visible()
    take("series")
    page.get_by_role("link", name="Weekday reminder").click()
    expect(page.get_by_role("list", name="Times").get_by_role("listitem")).to_have_count(10)
    take("series-one")
    page.get_by_role("link", name=re.compile("Open the campaign")).click()
    page.get_by_role("button", name="Change this one or the series").click()
    expect(page.get_by_role("dialog").get_by_text("All that is to come")).to_be_visible()
    take("series-what-to-change")


def test_create_repeated(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in()
    dialog = opened(page)
    dialog.get_by_role("button", name="Schedule for Later").click()
    dialog.get_by_label("Date").fill("2027-03-14")
    dialog.get_by_label("Time", exact=True).fill("02:30")
    dialog.get_by_label("Repeats").select_option(label="Every week")
    expect(dialog.get_by_text("02:30 does not exist in Europe/Berlin")).to_be_visible()
    dialog.get_by_role("button", name="Sunday").scroll_into_view_if_needed()
    take("create-repeated")
    dialog.get_by_role("heading", name="The next ten times").scroll_into_view_if_needed()
    take("create-repeated-times")


def test_do_not_call(visitor: Visit, take: Take) -> None:
    page = visitor.sign_in("/do-not-call")
    expect(page.get_by_role("row").filter(has_text="+12025559918")).to_be_visible()
    take("do-not-call")
    page.get_by_role("button", name="Add numbers").click()
    dialog = page.get_by_role("dialog", name="Add numbers")
    dialog.get_by_role("textbox", name="Phone numbers").fill("+44 20 7946 0018\n+44 20 7946 0020\nn/a")
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    take("do-not-call-typed")
    dialog.get_by_role("button", name="Upload a file").click()
    dialog.get_by_label("Country of numbers").select_option("US")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "Robinson list.csv", "mimeType": "text/csv", "buffer": ROBINSON.encode()}
    )
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    take("do-not-call-file")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove +12025559918").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    take("do-not-call-remove")


def test_calling_rules(office: Product, visitor: Visit, take: Take) -> None:
    hours = [
        {"days": ["monday", "tuesday", "wednesday", "thursday", "friday"], "start": "08:00", "end": "21:00"},
        {"days": ["saturday"], "start": "10:00", "end": "18:00"},
    ]
    rules = {"calling_window": {"hours": hours, "holidays": ["2030-12-25"]}, "unknown_zone": "closed"}
    office.client.put("/api/calling-hours", json=rules).raise_for_status()
    try:
        page = visitor.sign_in("/calling-rules")
        expect(page.get_by_role("form", name="Calling hours")).to_be_visible()
        take("calling-rules")
        page.get_by_role("form", name="Call limits").scroll_into_view_if_needed()
        take("calling-rules-limits")
        dialog = opened(visitor.sign_in())
        dialog.get_by_role("textbox", name="Phone numbers").fill("+12025550143")
        dialog.get_by_role("button", name="More about calling").click()
        dialog.get_by_label("Attempts per person").fill("3")
        dialog.get_by_role("heading", name="Ring again").scroll_into_view_if_needed()
        take("create-calling")
        dialog.get_by_role("radio", name="Only within some of them").check()
        dialog.get_by_role("heading", name="Calling hours").scroll_into_view_if_needed()
        take("create-hours")
    finally:
        always = {"calling_window": None, "unknown_zone": "closed"}
        office.client.put("/api/calling-hours", json=always).raise_for_status()


@pytest.mark.parametrize(("path", "heading"), [("wallet", "Wallet"), ("api-keys", "API keys")])
def test_page(visitor: Visit, take: Take, path: str, heading: str) -> None:
    page = visitor.sign_in(f"/{path}")
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    take(path)


def test_unresolved(office: Product, visitor: Visit, take: Take) -> None:
    if not office.client.get("/api/unknown-calls").json()["total"]:
        with_lost_calls(office, "Outage in May")
    page = visitor.sign_in("/unresolved")
    table = page.get_by_role("table", name="Calls that need a decision")
    expect(table.get_by_role("link", name="Ann")).to_be_visible()
    take("unresolved")
    table.get_by_role("link", name="Ann").press("Enter")
    expect(page.get_by_role("dialog", name="Ann")).to_be_visible()
    take("unresolved-call")


def test_operations(office: Product, visitor: Visit, take: Take) -> None:
    make_operator(office)
    bury(office)
    page = visitor.sign_in("/operations/dead-letters")
    expect(page.get_by_role("region", name="Dead letters").get_by_role("listitem").first).to_be_visible()
    take("operations")
