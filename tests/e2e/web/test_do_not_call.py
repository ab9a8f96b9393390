"""The do-not-call list: seen, searched, filled by hand, from files and by calls, and cleared with care."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems

FILE = "Name;Mobile;Office\nAnn;(202) 555-0160;+12025550161\nBen;n/a;\nCid;+12025550162;\n"


def row_of(page: Page, number: str) -> Locator:
    return page.get_by_role("row").filter(has_text=number)


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Add numbers").first.click()
    return page.get_by_role("dialog", name="Add numbers")


def test_numbers_are_added_found_taken_off_and_put_back(page: Page, product: Product) -> None:
    page.goto("/do-not-call")
    dialog = opened(page)
    dialog.get_by_role("button", name="Add numbers").click()
    expect(dialog.get_by_role("alert")).to_have_text("Add at least one phone number.")
    dialog.get_by_label("Country of numbers").select_option("US")
    dialog.get_by_role("textbox", name="Phone numbers").fill("(202) 555-0150, +12025550151\nn/a; 2025550150")
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    expect(dialog.get_by_text("it is not a telephone number")).to_be_visible()
    dialog.get_by_label("Note").fill("By post")
    dialog.get_by_role("button", name="Add 2 numbers").click()
    expect(page.get_by_text("2 numbers are not called any more")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(row_of(page, "+12025550150")).to_contain_text("By post")
    expect(row_of(page, "+12025550150")).to_contain_text("today")

    page.get_by_label("Search by number").fill("+1 (202) 555-0151")
    expect(page.get_by_text("1 number found.")).to_be_visible()
    expect(row_of(page, "+12025550150")).to_have_count(0)
    page.get_by_label("Search by number").fill("+1 202-555-01")
    expect(row_of(page, "+12025550150")).to_be_visible()
    page.get_by_label("Search by number").fill("Ann")
    expect(page.get_by_role("heading", name="This is not a telephone number")).to_be_visible()
    page.get_by_role("button", name="Show all numbers").click()

    for answer in ("Keep it on the list", "Take it off"):
        row_of(page, "+12025550151").get_by_role("button", name="Remove +12025550151").press("Enter")
        asked = page.get_by_role("dialog", name="Let +12025550151 be called again?")
        expect(asked).to_contain_text("stays on record")
        asked.get_by_role("button", name=answer).click()
        expect(asked).to_be_hidden()
        expect(row_of(page, "+12025550151")).to_have_count(1 if answer.startswith("Keep") else 0)
    assert listed(product, "+12025550151") == []
    page.get_by_role("button", name="Undo").click()
    expect(row_of(page, "+12025550151")).to_contain_text("By post")
    assert listed(product, "+12025550151") == ["By post"]


def listed(product: Product, number: str) -> list[str | None]:
    """The notes of a number's entries."""
    found = product.client.get("/api/do-not-call", params={"number": number})
    return [entry["note"] for entry in found.json()["items"]]


def test_a_file_is_looked_into_and_put_on_the_list(page: Page, product: Product) -> None:
    page.goto("/do-not-call")
    dialog = opened(page)
    dialog.get_by_role("button", name="Upload a file").click()
    dialog.get_by_label("Country of numbers").select_option("US")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "robinson.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    expect(dialog.get_by_text("2 valid")).to_be_visible()
    dialog.get_by_label("Column of numbers").select_option("Office")
    expect(dialog.get_by_text("1 valid")).to_be_visible()
    dialog.get_by_label("Column of numbers").select_option("Mobile")
    expect(dialog.get_by_text("Read as +12025550160, +12025550162")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download the bad rows").click()
    assert "n/a,not_a_phone_number" in download.value.path().read_text(encoding="utf-8-sig")
    dialog.get_by_role("button", name="Add 2 numbers").click()
    expect(row_of(page, "+12025550160")).to_contain_text("From a file")
    expect(row_of(page, "+12025550160")).to_contain_text("robinson.csv")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "+12025550162,imported,robinson.csv" in download.value.path().read_text(encoding="utf-8-sig")
    assert listed(product, "+12025550161") == []


def test_who_presses_9_appears_with_the_campaign_and_the_call(page: Page, product: Product) -> None:
    page.goto("/do-not-call")
    expect(page.get_by_role("table").or_(page.get_by_role("heading", name="Nobody is on the list yet"))).to_be_visible()
    product.create(name="Offer of the week", welcome_message="Hello.", phone_numbers="+12025559918")
    row = row_of(page, "+12025559918")
    expect(row).to_contain_text("Pressed 9")
    row.get_by_role("link", name="Offer of the week").click()
    expect(page).to_have_url(re.compile(r"/campaigns/[0-9a-f-]+\?call="))
    expect(page.get_by_role("dialog", name="+12025559918")).to_contain_text("Timeline")


def test_what_was_typed_survives_a_lost_connection_and_the_end_of_the_session(
    page: Page, visit: Visit, product: Product
) -> None:
    page.goto("/do-not-call")
    dialog = opened(page)
    numbers = dialog.get_by_role("textbox", name="Phone numbers")
    numbers.fill("+12025550155")
    dialog.get_by_label("Note").fill("By fax")
    expect(dialog.get_by_text("1 valid")).to_be_visible()
    visit.context.clear_cookies()
    dialog.get_by_role("button", name="Add 1 number").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password").fill(product.password)
    page.keyboard.press("Enter")
    expect(again).to_be_hidden()
    visit.context.set_offline(True)
    dialog.get_by_role("button", name=re.compile("^Add [n1]")).click()
    expect(dialog.get_by_role("alert")).to_contain_text("could not be reached")
    expect(numbers).to_have_value("+12025550155")
    visit.context.set_offline(False)
    dialog.get_by_role("button", name=re.compile("^Add [n1]")).click()
    expect(row_of(page, "+12025550155")).to_contain_text("By fax")
    visit.forgive("401|ERR_INTERNET_DISCONNECTED|ERR_NETWORK")


@pytest.fixture(scope="module")
def office(product: Product) -> Product:
    """An account that nobody else uses."""
    return product.another("list@example.com", balance="1.00")


def test_an_empty_list_says_what_it_is_and_a_long_one_is_read_on_as_one_scrolls(
    office: Product, browser: Browser
) -> None:
    with Visit(browser, office).opened() as visit:
        page = visit.sign_in("/do-not-call")
        expect(page.get_by_role("heading", name="Nobody is on the list yet")).to_be_visible()
        assert accessibility_problems(page) == []
        page.get_by_role("button", name="Upload a file").click()
        lines = "\n".join(f"+1202555{number:04}" for number in range(350))
        page.locator("input[type=file]").set_input_files(
            {"name": "long.txt", "mimeType": "text/plain", "buffer": lines.encode()}
        )
        page.get_by_role("button", name="Add 350 numbers").click()
        expect(page.get_by_text("350 numbers that no campaign calls.")).to_be_visible()
        expect(row_of(page, "+12025550349")).to_be_visible()
        page.get_by_role("heading", name="Do not call").hover()
        while row_of(page, "+12025550000").count() == 0:
            page.mouse.wheel(0, 4_000)
            page.evaluate("new Promise(requestAnimationFrame)")
        expect(row_of(page, "+12025550000")).to_be_visible()
        assert page.get_by_role("row").count() < 60


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_list_is_for_everybody(office: Product, browser: Browser, colours: str) -> None:
    office.client.post("/api/do-not-call", json={"phone": "+442079460018", "note": "A note " * 25})
    with Visit(browser, office, color_scheme=colours).opened() as visit:
        page = visit.sign_in("/do-not-call")
        for size in (WIDE, PHONE):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            expect(page.get_by_role("button", name="Remove +442079460018")).to_be_visible()
            assert accessibility_problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            dialog = opened(page)
            dialog.get_by_role("textbox", name="Phone numbers").fill("+442079460018, n/a")
            expect(dialog.get_by_text("1 of them is on the list already.")).to_be_visible()
            assert accessibility_problems(page) == []
            page.keyboard.press("Escape")
            page.get_by_role("button", name="Remove +442079460018").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert accessibility_problems(page) == []
            page.keyboard.press("Escape")


def test_what_a_program_added_is_there_when_somebody_comes_back(page: Page, product: Product) -> None:
    page.goto("/do-not-call")
    expect(page.get_by_role("heading", name="Do not call")).to_be_visible()
    expect(page.locator(".animate-pulse")).to_have_count(0)
    product.client.post("/api/do-not-call", json={"phone": "+12025550158"})
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    expect(row_of(page, "+12025550158")).to_be_visible()
