"""Calls of which nobody knows what became: where a campaign says so, the evidence, and both decisions, one by one and many."""

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, Visit, accessibility_problems
from tests.support.unknown_calls import lose_calls_of

PEOPLE = [{"phone": f"+1202555017{number}", "name": name} for number, name in enumerate(("Ann", "Ben", "Cid", "Dora"))]


def with_lost_calls(product: Product, name: str) -> str:
    """A campaign whose calls are all unknown; its id. Skips the test where the database is somebody else's."""
    if product.database_url is None:
        pytest.skip("this Belltower's carrier accounts for its calls")
    created = product.create(
        name=name, phone_numbers=[], contacts=PEOPLE, is_scheduled=True, scheduled_time="2034-05-17T09:30:00Z"
    )
    assert created.status_code == 201, created.text
    campaign_id = str(created.json()["id"])
    lose_calls_of(product.database_url, campaign_id)
    return campaign_id


def undecided(product: Product, campaign_id: str) -> int:
    return int(product.get(campaign_id)["progress"]["undecided"])


def test_a_campaign_leads_to_what_has_to_be_decided_and_the_evidence_helps(page: Page, product: Product) -> None:
    page.goto("/campaigns")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
    campaign_id = with_lost_calls(product, "Outage in May")
    row = page.get_by_role("row").filter(has_text="Outage in May")
    expect(row.get_by_role("link", name="4 calls need a decision")).to_be_visible()  # told by a live event
    expect(page.get_by_role("link", name="Unresolved calls (4 calls need a decision)")).to_be_visible()
    row.get_by_role("link", name="Outage in May").click()
    page.get_by_role("region", name="Unresolved calls").get_by_role("link", name="Look and decide").click()
    expect(page.get_by_text("Only calls of Outage in May")).to_be_visible()

    table = page.get_by_role("table", name="Calls that need a decision")
    table.get_by_role("link", name="Ann").press("Enter")
    sheet = page.get_by_role("dialog", name="Ann")
    expect(sheet).to_contain_text("It cannot be said whether the call was placed: the carrier answered 500")
    expect(sheet).to_contain_text("The carrier lists 2 calls that could be this one")
    expect(sheet).to_contain_text("Seen 2 times")
    assert accessibility_problems(page) == []
    sheet.get_by_role("button", name="Redial").click()
    asked = page.get_by_role("dialog", name="Redial 1 person?")
    expect(asked).to_contain_text("This person may have been rung already")
    asked.get_by_label("Why").fill("They wrote that nothing had come.")
    asked.get_by_role("button", name="Redial").click()
    expect(page.get_by_text("1 person is called again.")).to_be_visible()
    expect(sheet).to_contain_text("Reached when called again.")
    expect(sheet).to_contain_text("They wrote that nothing had come.")
    sheet.press("Escape")
    expect(sheet).to_be_hidden()
    expect(table.get_by_role("link", name="Ann")).to_have_count(0)
    assert undecided(product, campaign_id) == 3


def test_many_are_decided_about_at_once_and_what_was_decided_is_kept(page: Page, product: Product) -> None:
    campaign_id = with_lost_calls(product, "Outage in June")
    page.goto(f"/unresolved?campaign={campaign_id}")
    table = page.get_by_role("table", name="Calls that need a decision")
    table.get_by_role("button", name=f"Give up the call to {PEOPLE[0]['phone']}").click()
    asked = page.get_by_role("dialog", name="Give up 1 call?")
    expect(asked).to_contain_text("USD 0.20 set aside for the call")
    asked.get_by_role("button", name="Decide later").click()
    expect(asked).to_be_hidden()
    assert undecided(product, campaign_id) == 4

    table.get_by_role("checkbox", name="Choose all").check()
    page.get_by_role("toolbar", name="Chosen calls").get_by_role("button", name="Give up").click()
    asked = page.get_by_role("dialog", name="Give up 4 calls?")
    expect(asked).to_be_visible()
    waiting = product.items(f"/api/unknown-calls?campaign_id={campaign_id}")
    product.client.post(f"/api/unknown-calls/{waiting[0]['id']}/decision", json={"decision": "give_up"})
    asked.get_by_role("button", name="Give up").click()
    left = page.get_by_role("dialog", name="3 calls given up, 1 call was left as it was.")
    expect(left).to_contain_text("It was decided by api key")
    left.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="No call of this campaign needs a decision")).to_be_visible()
    assert undecided(product, campaign_id) == 0

    page.get_by_role("tab", name="Decided").click()
    decided = page.get_by_role("table", name="Calls that were decided about")
    expect(decided.get_by_role("row").filter(has_text="Given up")).to_have_count(4)
    expect(decided).to_contain_text(product.email)
    assert accessibility_problems(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_both_kinds_of_light(browser: Browser, product: Product, scheme: str) -> None:
    campaign_id = with_lost_calls(product, f"Outage, {scheme}")
    with Visit(browser, product, viewport=PHONE, color_scheme=scheme).opened() as visit:
        page = visit.sign_in(f"/unresolved?campaign={campaign_id}")
        expect(page.get_by_role("link", name="Ben")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert accessibility_problems(page) == []
        page.get_by_role("link", name="Ben").click()
        sheet = page.get_by_role("dialog", name="Ben")
        expect(sheet.get_by_role("button", name="Give up")).to_be_visible()
        assert accessibility_problems(page) == []
