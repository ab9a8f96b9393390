"""A campaign's page: followed live, looked through call by call, called again, deleted."""

import re
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from playwright.sync_api import Locator, Page, Request, expect
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import PHONE, Visit, accessibility_problems
from tests.support.eventually import eventually_sync

MESSAGE = "Hello {{name|there}}, your parcel arrives tomorrow."


def _created(product: Product, *phones: str, **fields: object) -> str:
    answer = product.create(phone_numbers=list(phones), welcome_message=MESSAGE, **fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _completed(product: Product, *phones: str, **fields: object) -> str:
    campaign_id = _created(product, *phones, **fields)
    product.wait_for(campaign_id, "completed")
    return campaign_id


def _rows(page: Page, table: str) -> Locator:
    """A table's rows, its head left out."""
    return page.get_by_role("table", name=table, exact=True).get_by_role("row").filter(has=page.get_by_role("cell"))


def _asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_campaign_is_followed_to_its_end_without_a_reload(page: Page, product: Product) -> None:
    phones = [f"+1415310{index:04d}" for index in range(60)]
    campaign_id = _created(product, *phones, concurrency=4, is_scheduled=True, scheduled_time=in_seconds(3))
    read: list[Request] = []
    page.on("request", lambda request: read.append(request))
    page.goto(f"/campaigns/{campaign_id}")
    status = (
        page.get_by_role("main").get_by_role("status").filter(has_text=re.compile("SCHEDULED|PROCESSING|COMPLETED"))
    )
    expect(status).to_contain_text("SCHEDULED")
    expect(page.get_by_text("No call was placed.")).to_be_visible()
    expect(page.get_by_text("No call yet")).to_be_visible()
    page.evaluate("window.isStillThisPage = true")

    expect(status).to_contain_text("PROCESSING")
    expect(_rows(page, "Calls").first).to_be_visible()
    expect(page.get_by_text("Forecast: in")).to_be_visible()
    expect(status).to_contain_text("COMPLETED")
    expect(page.get_by_text("60 of 60 people done")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d m?s after due"))).to_be_visible()
    expect(page.get_by_text("60 calls", exact=True)).to_be_visible()
    outcomes = page.get_by_role("region", name="Outcomes of the calls")
    expect(outcomes.get_by_text("60 · 100%")).to_be_visible()
    expect(outcomes.get_by_role("row", name="Answered")).to_contain_text("60")
    pace = page.get_by_role("region", name="Calls per minute")
    pace.get_by_role("button", name="Numbers").click()
    expect(pace.get_by_role("row").nth(1)).to_be_visible()
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("list", name="History").get_by_role("listitem")).to_have_text(
        [re.compile("SCHEDULED"), re.compile("PENDING"), re.compile("PROCESSING"), re.compile("COMPLETED")]
    )

    assert page.evaluate("window.isStillThisPage")
    of_campaign = [request for request in read if urlsplit(request.url).path == f"/api/campaigns/{campaign_id}"]
    assert len(of_campaign) <= 2, "its changes came as events, and it was not asked for again and again"


def test_calls_are_filtered_searched_for_and_opened(page: Page, product: Product) -> None:
    busy, failed = "+14155559901", "+14155559903"
    campaign_id = _completed(product, "+14153110001", "+14153110002", busy, failed)
    page.goto(f"/campaigns/{campaign_id}")
    expect(_rows(page, "Calls")).to_have_count(4)
    page.get_by_label("Outcome", exact=True).select_option(label="Busy")
    expect(_rows(page, "Calls")).to_have_count(1)
    expect(page.get_by_text("1 call found")).to_be_visible()
    assert _asked(page) == {"outcome": ["busy"]}
    page.reload()
    expect(_rows(page, "Calls")).to_contain_text([busy])

    page.get_by_label("Search by number").fill(failed)
    expect(page.get_by_text("No call fits")).to_be_visible()
    page.get_by_role("button", name="Show all calls").click()
    expect(_rows(page, "Calls")).to_have_count(4)
    page.get_by_label("Search by number").fill(failed)
    expect(_rows(page, "Calls")).to_have_count(1)
    page.get_by_label("Search by number").fill("555")
    expect(page.get_by_text("Type the whole telephone number")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()

    page.get_by_role("link", name=busy).focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name=busy)
    expect(sheet.get_by_text("USD 0.00")).to_be_visible()
    steps = sheet.get_by_role("list", name="Timeline").get_by_role("listitem")
    expect(steps.first).to_contain_text("Placed")
    expect(steps.last).to_contain_text(re.compile("Busy.*Told by the carrier"))
    assert "call" in _asked(page)
    page.reload()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert "call" not in _asked(page)


def test_what_was_left_out_is_shown_and_downloaded(page: Page, product: Product) -> None:
    campaign_id = _completed(product, "+14153120001", "n/a", "12")
    page.goto(f"/campaigns/{campaign_id}")
    page.get_by_role("tab", name="Import errors 2").click()
    expect(_rows(page, "Import errors")).to_contain_text(["n/a", "12"])
    assert _asked(page) == {"tab": ["errors"]}
    with page.expect_download() as errors:
        page.get_by_role("link", name="Download the errors").click()
    assert "n/a" in Path(errors.value.path()).read_text(encoding="utf-8-sig")
    with page.expect_download() as results:
        page.get_by_role("link", name="Download CSV").click()
    assert "+14153120001" in Path(results.value.path()).read_text(encoding="utf-8-sig")


def test_a_failed_campaign_says_why_and_is_called_again_with_another_caller_id(page: Page, product: Product) -> None:
    campaign_id = _created(product, "+14153130002", caller_id="+15005550001")
    product.wait_for(campaign_id, "failed")
    page.goto(f"/campaigns/{campaign_id}")
    reason = page.get_by_role("region", name="Reason")
    expect(reason).to_contain_text("The carrier refuses the caller id +15005550001")
    expect(reason).to_contain_text("Call again with a caller ID that your carrier lets you show.")
    reason.get_by_label("Caller ID").fill("+14155550111")
    expect(page.get_by_role("button", name="Call the failed ones again")).to_have_count(0)
    assert accessibility_problems(page) == []
    reason.get_by_role("button", name="Call again").click()
    expect(page.get_by_text(re.compile("^Finished "))).to_be_visible()
    retried = urlsplit(page.url).path.rpartition("/")[2]
    assert product.get(retried)["caller_id"] == "+14155550111"


def test_the_failed_ones_are_called_again(page: Page, product: Product) -> None:
    name = f"Retried {uuid4()}"
    campaign_id = _completed(product, "+14153130001", "+14165559901", name=name)
    page.goto(f"/campaigns/{campaign_id}?tab=contacts")
    expect(_rows(page, "Contacts")).to_contain_text([re.compile("Reached"), re.compile("Not reached")])
    page.get_by_role("button", name="Call the failed ones again").click()
    expect(page.get_by_role("heading", name=f"{name} (retry)")).to_be_visible()
    expect(page.get_by_text("of 1 person done")).to_be_visible()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    assert page.url.endswith(campaign_id)


def test_a_deleted_campaign_can_be_had_back_for_a_while(page: Page, product: Product, visit: Visit) -> None:
    name = f"Deleted {uuid4()}"
    fields = {"name": name, "is_scheduled": True, "scheduled_time": "2035-05-17T09:30", "timezone": "Asia/Tokyo"}
    campaign_id = _created(product, "+14153140001", **fields)
    page.goto(f"/campaigns/{campaign_id}?tab=settings")
    expect(page.get_by_text(re.compile(r"17 May 2035, 0?9:30 in Tokyo"))).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Starts Thu.* 17 May 2035, 0?2:30\."))
    ).to_be_visible()  # in Berlin, where the browser is
    expect(page.get_by_text("{{name|there}}")).to_be_visible()

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text(f"“{name}” is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("link", name=name)).to_be_hidden()
    page.reload()  # whoever leaves meant it
    eventually_sync(lambda: product.client.get(f"/api/campaigns/{campaign_id}").status_code == 404, timeout=10)

    with page.expect_response("**/stats"):
        page.goto(f"/campaigns/{campaign_id}")
    expect(page.get_by_text("This campaign is not here")).to_be_visible()
    page.goto("about:blank")  # several things were asked for: now all have been answered
    visit.forgive("404")


def test_everybody_can_use_it_in_any_colours_and_on_a_phone(page: Page, product: Product) -> None:
    campaign_id = _completed(product, "+14153160001", "+14175559901", "+14175559903", "n/a")
    call = product.items(f"/api/campaigns/{campaign_id}/calls")[0]["id"]
    looks: dict[str, list[Literal["light", "dark"]]] = {
        "calls": ["light", "dark"],
        "contacts": ["light"],
        "history": ["light"],
        "settings": ["dark"],
        "errors": ["light"],
        f"calls&call={call}": ["light", "dark"],
    }
    for place, colours in looks.items():
        page.goto(f"/campaigns/{campaign_id}?tab={place}")
        part = page.get_by_role("tabpanel") if "call=" not in place else page.get_by_role("dialog")
        expect(part.get_by_text("Loading")).to_have_count(0)
        expect(page.locator(".recharts-bar").first).to_be_attached()
        for each in colours:
            page.emulate_media(color_scheme=each, reduced_motion="reduce")
            assert accessibility_problems(page) == [], f"{place} in {each} colours"
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(f"/campaigns/{campaign_id}")
    expect(_rows(page, "Calls")).to_have_count(3)
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
