"""The dialog that creates a campaign, as a person fills it in."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, Route, expect
from tests.e2e.conftest import Product
from tests.support.browser import Visit, accessibility_problems

PEOPLE = """Vorname;Handy;Ort;Notiz
Zoë;0172 5550143;Bonn;x
Ann;+49 172 5550144;Köln;
Ben;n/a;Bern;
Ann;+49 172 5550144;Köln;
"""


def opened(page: Page) -> Locator:
    """The dialog, from the button of the list."""
    page.get_by_role("button", name="Create Campaign").first.click()
    return dialog_of(page)


def dialog_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Create Campaign")


def numbers_of(dialog: Locator) -> Locator:
    return dialog.get_by_role("textbox", name="Phone numbers")


def fill(dialog: Locator, name: str, numbers: str = "+12025550143") -> None:
    """What every campaign needs."""
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Message").fill("Hello, your parcel arrives tomorrow.")
    numbers_of(dialog).fill(numbers)


def submit(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Create Campaign").click()


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def named(product: Product, name: str) -> list[str]:
    """The ids of the campaigns that are called so."""
    items = product.client.get("/api/campaigns", params={"search": name}).json()["items"]
    return [str(item["id"]) for item in items]


def test_a_campaign_that_runs_immediately_is_followed_in_the_list_to_its_end(page: Page, product: Product) -> None:
    dialog = opened(page)
    expect(dialog.get_by_role("button", name="Run Immediately")).to_have_attribute("aria-pressed", "true")
    assert accessibility_problems(page) == []
    people = [f"+1202555{number:04}" for number in range(143, 151)]
    fill(dialog, "At once", "\n".join([*people, people[0], "n/a"]))
    dialog.get_by_label("Calls at once").fill("1")
    expect(dialog.get_by_text("8 valid")).to_be_visible()
    expect(dialog.get_by_text("1 invalid")).to_be_visible()
    expect(dialog.get_by_text("1 duplicate")).to_be_visible()
    expect(dialog.get_by_text("it is not a telephone number")).to_be_visible()
    expect(dialog.get_by_text(re.compile(r"^Calls 8 people now, about USD"))).to_be_visible()
    expect(dialog.get_by_text(re.compile("Balance USD"))).to_be_visible()
    assert accessibility_problems(page) == []
    submit(dialog)
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("“At once” is created")).to_be_visible()
    expect(row_of(page, "At once").get_by_text("PROCESSING")).to_be_visible()
    expect(row_of(page, "At once").get_by_text("COMPLETED")).to_be_visible()
    moves = product.items(f"/api/campaigns/{named(product, 'At once')[0]}/events")
    assert [move["to"] for move in moves] == ["pending", "processing", "completed"]
    assert "create" not in page.url


def test_a_campaign_that_is_scheduled_starts_by_itself(page: Page) -> None:
    dialog = opened(page)
    fill(dialog, "In Kolkata")
    dialog.get_by_role("button", name="Schedule for Later").click()
    zone = dialog.get_by_role("combobox", name="Time zone")
    expect(zone).to_have_value(re.compile("Europe/Berlin"))
    zone.click()
    zone.press_sequentially("kolk")
    assert accessibility_problems(page) == []
    zone.press("Enter")
    expect(zone).to_have_value(re.compile("Asia/Kolkata"))
    start = datetime.now(ZoneInfo("Asia/Kolkata")) + timedelta(seconds=7)
    dialog.get_by_label("Date").fill(f"{start:%Y-%m-%d}")
    dialog.get_by_label("Time", exact=True).fill(f"{start:%H:%M:%S}")
    here = start.astimezone(ZoneInfo("Europe/Berlin"))
    words = re.compile(rf"{start:%H:%M} in Kolkata, .*; your time .*{here:%H:%M}$")
    expect(dialog.get_by_text(words)).to_be_visible()
    submit(dialog)
    row = row_of(page, "In Kolkata")
    expect(row.get_by_text("SCHEDULED")).to_be_visible()
    expect(row.get_by_text(re.compile(f"{start:%H:%M} in Kolkata")).filter(visible=True)).to_have_count(1)
    expect(row.get_by_text("COMPLETED")).to_be_visible()


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(page: Page) -> None:
    dialog = opened(page)
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    numbers_of(dialog).focus()
    submit(dialog)
    expect(dialog.get_by_text("Give the campaign a name.")).to_be_visible()
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    fill(dialog, "Not yet", "+1 202, 12")
    expect(dialog.get_by_text("Nobody on this list can be called")).to_be_visible()
    submit(dialog)
    expect(dialog.get_by_text("None of these numbers can be called.")).to_be_visible()
    numbers_of(dialog).fill("+12025550143")
    date, time = dialog.get_by_label("Date"), dialog.get_by_label("Time", exact=True)
    dialog.get_by_role("button", name="Schedule for Later").click()
    submit(dialog)
    expect(dialog.get_by_text("Choose the date and the time at which it starts.")).to_be_visible()
    expect(date).to_be_focused()
    assert accessibility_problems(page) == []
    date.fill("2020-05-17")
    expect(dialog.get_by_text("Choose the time, too.")).to_be_visible()
    time.fill("09:30")
    submit(dialog)
    expect(dialog.get_by_text("That moment has passed. Choose a later one.")).to_be_visible()
    date.fill("")
    expect(dialog.get_by_text("Choose the date, too.")).to_be_visible()
    date.fill("2027-03-28")
    time.fill("02:30")
    expect(dialog.get_by_text("The next one is 03:00.")).to_be_visible()

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Create Campaign").first).to_be_focused()
    page.reload()
    dialog = opened(page)
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Not yet")
    expect(date).to_have_value("2027-03-28")
    dialog.get_by_role("button", name="Start over").click()
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("")
    expect(numbers_of(dialog)).to_have_value("")


def test_a_file_is_looked_into_before_anybody_is_called(page: Page, product: Product, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    dialog = opened(page)
    dialog.get_by_label("Name", exact=True).fill("Termine im Dezember")
    dialog.get_by_role("button", name="Upload a file").click()
    upload = dialog.get_by_label("File of phone numbers")
    upload.set_input_files({"name": "people.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(dialog.get_by_text("Save it as .csv, .txt or .xlsx.")).to_be_visible()
    dialog.get_by_label("Country of numbers without").select_option("DE")
    upload.set_input_files(file)
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    expect(dialog.get_by_text("1 duplicate")).to_be_visible()
    expect(dialog.get_by_text("Line 4")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download the bad rows").click()
    assert "4,n/a,not_a_phone_number" in download.value.path().read_text(encoding="utf-8")

    dialog.get_by_label("What Notiz is").select_option("Leave out")
    expect(dialog.get_by_role("button", name="Insert {{Notiz}}")).to_be_hidden()
    dialog.get_by_label("Message").fill("Guten Tag , bis morgen in .")
    dialog.get_by_label("Message").press("End")
    dialog.get_by_label("Message").press("ArrowLeft")
    dialog.get_by_role("button", name="Insert {{Ort}}").click()
    expect(dialog.get_by_label("Message")).to_have_value("Guten Tag , bis morgen in {{Ort}}.")
    dialog.get_by_label("Message").fill("Guten Tag {{name}}, bis morgen in {{Ort}}.")
    expect(dialog.get_by_text("Guten Tag Zoë, bis morgen in Bonn.")).to_be_visible()
    dialog.get_by_role("button", name="The next person").click()
    expect(dialog.get_by_text("Guten Tag Ann, bis morgen in Köln.")).to_be_visible()
    assert accessibility_problems(page) == []
    submit(dialog)
    expect(page.get_by_text("1 entry was left out.")).to_be_visible()
    (made,) = named(product, "Termine im Dezember")
    assert product.get(made)["contact_fields"] == ["Vorname", "Ort"]
    assert product.get(made)["progress"]["total"] == 2


def test_the_message_is_heard_on_one_telephone_first(page: Page, visit: Visit) -> None:
    dialog = opened(page)
    fill(dialog, "Rehearsed")
    call = dialog.get_by_role("button", name="Call me first")
    dialog.get_by_label("Your number").fill("12")
    call.click()
    expect(dialog.get_by_text(re.compile("The number cannot be rung: it has too few"))).to_be_visible()
    visit.forgive("400")
    dialog.get_by_label("Your number").fill("+12025550100")
    dialog.get_by_label("Your number").press("Enter")
    expect(dialog.get_by_text("+12025550100 answered and heard the message.")).to_be_visible()
    expect(dialog).to_be_visible()


def test_too_little_money_is_warned_of_and_refused(browser: Browser, product: Product) -> None:
    poor = product.another("poor@example.com", balance="4.00")
    with Visit(browser, poor).opened() as visit, poor.client:
        page = visit.sign_in("/campaigns?create=true")
        dialog = dialog_of(page)
        expect(dialog.get_by_text(re.compile("The wallet holds USD.4.00; .* at least USD.10.00"))).to_be_visible()
        fill(dialog, "Too dear")
        dialog.get_by_label("Message").fill("A message as long as may be. " * 100)  # its preview scrolls
        expect(dialog.get_by_text(re.compile(r"\+12025550143 hears"))).to_be_visible()
        submit(dialog)
        expect(dialog.get_by_text("The wallet has too little for it. Top it up first.")).to_be_visible()
        visit.forgive("402")
        assert accessibility_problems(page) == []
        dialog.get_by_role("link", name="Go to the wallet").click()
        expect(dialog).to_be_hidden()
        page.go_back()
        expect(dialog.get_by_label("Name", exact=True)).to_have_value("Too dear")
        assert named(poor, "Too dear") == []


def test_an_account_with_neither_caller_id_nor_money_finds_its_way(browser: Browser, product: Product) -> None:
    fresh = product.another("fresh@example.com", balance="0.00", caller_id="")
    with Visit(browser, fresh).opened() as visit, fresh.client:
        page = visit.sign_in("/campaigns?create=true")
        dialog = dialog_of(page)
        fill(dialog, "The very first")
        expect(dialog.get_by_text("1 valid")).to_be_visible()
        submit(dialog)
        expect(dialog.get_by_text("Enter the number that people see.")).to_be_in_viewport()
        expect(dialog.get_by_label("Caller ID")).to_be_focused()
        dialog.get_by_label("Caller ID").fill("+14155550111")
        dialog.get_by_role("link", name="Top up the wallet").click()
        page.get_by_role("button", name="Top up").click()
        page.get_by_label("Amount").fill("25,50")
        page.get_by_role("button", name="Add credit").click()
        page.get_by_role("button", name="Back to your campaign").click()
        expect(dialog.get_by_text(re.compile("may not last"))).to_have_count(0)
        submit(dialog)
        expect(row_of(page, "The very first").get_by_text("COMPLETED")).to_be_visible()
        assert fresh.get(named(fresh, "The very first")[0])["caller_id"] == "+14155550111"


def test_a_session_that_ends_in_the_middle_loses_nothing(page: Page, visit: Visit, product: Product) -> None:
    dialog = opened(page)
    fill(dialog, "Interrupted")
    expect(dialog.get_by_text("1 valid")).to_be_visible()
    visit.context.clear_cookies()
    submit(dialog)
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password").fill(product.password)
    again.get_by_role("button", name="Sign in").click()
    expect(again).to_be_hidden()
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Interrupted")
    submit(dialog)
    expect(dialog).to_be_hidden()
    expect(row_of(page, "Interrupted")).to_be_visible()
    visit.forgive("401")


def test_a_lost_answer_creates_no_second_campaign(page: Page, visit: Visit, product: Product) -> None:
    def lose(route: Route) -> None:
        route.fetch()  # it is done; only the answer never arrives
        route.abort()

    dialog = opened(page)
    fill(dialog, "Only once")
    page.route("**/api/campaigns", lose)
    submit(dialog)
    expect(dialog.get_by_text("Belltower could not be reached.")).to_be_visible()
    visit.forgive("ERR_FAILED")
    page.unroute("**/api/campaigns")
    submit(dialog)
    expect(dialog).to_be_hidden()
    assert len(named(product, "Only once")) == 1
