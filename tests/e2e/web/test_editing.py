"""Changing campaigns that there are: edited, given another time, duplicated, archived, many at once."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import Visit, accessibility_problems

MESSAGE = "Hello {{name|there}}, your parcel arrives tomorrow."


@pytest.fixture
def tag() -> str:
    """Part of the names of a test's campaigns: the product has others."""
    return uuid4().hex[:12]


def _scheduled(product: Product, name: str, *phones: str, **fields: object) -> str:
    more = {"name": name, "welcome_message": MESSAGE, "phone_numbers": list(phones or ("+14156000001",))}
    answer = product.create(is_scheduled=True, scheduled_time=in_seconds(86_400), **(more | fields))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _edited_elsewhere(product: Product, campaign_id: str, **fields: object) -> None:
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    answer = product.client.patch(f"/api/campaigns/{campaign_id}", json=fields, headers=headers)
    assert answer.status_code == 200, answer.text


def _opened(page: Page, campaign_id: str) -> Locator:
    page.goto(f"/campaigns/{campaign_id}")
    page.get_by_role("button", name="Edit").click()
    return page.get_by_role("dialog", name="Edit")


def _row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


def test_an_edit_keeps_what_was_typed_when_somebody_else_was_quicker(
    page: Page, product: Product, visit: Visit, tag: str
) -> None:
    campaign_id = _scheduled(product, f"Edited {tag}", concurrency=4)
    dialog = _opened(page, campaign_id)
    expect(dialog.get_by_label("Message")).to_have_value(MESSAGE)
    expect(dialog.get_by_label("Calls at once")).to_have_value("4")
    expect(dialog.get_by_text("Nothing is changed yet.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Save changes")).to_be_disabled()
    dialog.get_by_label("Message").fill("Hello, it comes on Friday.")
    expect(dialog.get_by_text("Changes the message", exact=True)).to_be_visible()
    page.reload()  # what was typed is kept
    expect(dialog.get_by_text("This is what you typed earlier.")).to_be_visible()
    expect(dialog.get_by_label("Message")).to_have_value("Hello, it comes on Friday.")

    _edited_elsewhere(product, campaign_id, welcome_message="Theirs.", concurrency=7)
    dialog.get_by_role("button", name="Save changes").click()
    notice = dialog.get_by_role("status").filter(has_text="changed meanwhile")
    expect(notice).to_contain_text("calls at once")
    expect(notice).to_contain_text("“Theirs.”")
    expect(dialog.get_by_label("Message")).to_have_value("Hello, it comes on Friday.")
    expect(dialog.get_by_label("Calls at once")).to_have_value("7")
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    expect(dialog).to_be_hidden()
    now = product.get(campaign_id)
    assert (now["welcome_message"], now["concurrency"]) == ("Hello, it comes on Friday.", 7)
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("list", name="History").get_by_role("listitem").last).to_contain_text("Edited: message.")
    visit.forgive("412")


def test_people_are_added_and_taken_off_the_list(page: Page, product: Product, tag: str) -> None:
    campaign_id = _scheduled(product, f"List {tag}", "+14156000011", "+14156000012")
    page.goto(f"/campaigns/{campaign_id}?tab=contacts")
    page.get_by_role("button", name="Add people").click()
    dialog = page.get_by_role("dialog", name="Edit")
    dialog.get_by_label("Phone numbers").fill("+14156000013, +14156000012, n/a")
    expect(dialog.get_by_text("Adds 2 people to the list")).to_be_visible()
    dialog.get_by_role("button", name="Save changes").click()
    result = page.get_by_role("dialog", name="is saved")
    expect(result).to_contain_text("1 person was added.")
    expect(result).to_contain_text("1 entry named a number that was there already.")
    expect(result).to_contain_text("n/a: it is not a telephone number")
    assert accessibility_problems(page) == []
    result.get_by_role("button", name="Done").click()

    rows = page.get_by_role("table", name="Contacts").get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows).to_have_count(3)
    for number in ("+14156000011", "+14156000012"):
        page.get_by_role("button", name=f"Actions for {number}").click()
        page.get_by_role("menuitem", name="Remove from the list").click()
        expect(page.get_by_text(f"{number} is off the list.")).to_be_visible()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Undo").first.click()  # of the latest
    expect(rows).to_have_count(2)
    expect(page.get_by_role("tab", name="Import errors 1")).to_be_visible()


def test_what_calls_is_paused_to_be_edited(page: Page, product: Product, tag: str) -> None:
    phones = [f"+1415610{index:04d}" for index in range(300)]
    answer = product.create(name=f"Calls {tag}", phone_numbers=phones, concurrency=1, calls_per_second=1)
    assert answer.status_code == 201, answer.text
    campaign_id = answer.json()["id"]
    page.goto(f"/campaigns/{campaign_id}?edit={campaign_id}")
    dialog = page.get_by_role("dialog", name="Edit")
    expect(dialog.get_by_text("what calls is not edited")).to_be_visible()
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name="Pause to edit").click()
    expect(dialog.get_by_text("It has begun, and its time is past.")).to_be_visible()
    dialog.get_by_label("Calls at once").fill("2")
    dialog.get_by_role("button", name="Save changes").click()
    expect(dialog).to_be_hidden()
    assert product.get(campaign_id)["concurrency"] == 2
    product.client.post(f"/api/campaigns/{campaign_id}/cancel")


def test_a_missed_start_is_given_another_time(page: Page, product: Product, tag: str) -> None:
    campaign_id = _scheduled(product, f"Missed {tag}", misfire_grace=600)
    _move_back(product, campaign_id)
    product.wait_for(campaign_id, "paused")
    page.goto(f"/campaigns/{campaign_id}")
    reason = page.get_by_role("region", name="Reason")
    expect(reason).to_contain_text(re.compile(r"Missed by 2 h 1\d min\."))
    expect(page.get_by_role("button", name="Start now")).to_have_count(2)
    assert accessibility_problems(page) == []
    reason.get_by_role("button", name="Give it another time").click()
    dialog = page.get_by_role("dialog", name="Another time")
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog.get_by_text("Choose the date and the time at which it starts.")).to_be_visible()
    dialog.get_by_role("button", name="Tomorrow at nine").click()
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name="Schedule").click()
    expect(dialog).to_be_hidden()
    expect(reason).to_be_hidden()
    assert product.get(campaign_id)["status"] == "scheduled"


def _move_back(product: Product, campaign_id: str) -> None:
    """Let a campaign have been due 2 h 10 min ago, and nothing have run since."""
    if product.database_url is None:
        pytest.skip("this Belltower's database is its operator's")
    url = product.database_url.replace("+asyncpg", "")
    late = "now() - interval '2 hours 10 minutes'"

    async def move() -> None:
        connection = await asyncpg.connect(url)
        statement = f"UPDATE campaigns SET scheduled_time = {late}, next_due_at = {late} WHERE id = $1"
        await connection.execute(statement, campaign_id)
        await connection.close()

    with ThreadPoolExecutor(1) as elsewhere:  # the browser's loop runs in this thread
        elsewhere.submit(asyncio.run, move()).result()
    product.create(name="Wakes the scheduler")


def test_a_duplicate_is_asked_for_its_name_and_time(page: Page, product: Product, tag: str) -> None:
    source = product.create(name=f"Original {tag}", phone_numbers=["+14156000021", "+14156000022"]).json()["id"]
    product.wait_for(source, "completed")
    page.goto(f"/campaigns?search={tag}")
    _row(page, f"Original {tag}").get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    dialog = page.get_by_role("dialog", name="Duplicate")
    expect(dialog.get_by_label("Name")).to_have_value(f"Original {tag} (copy)")
    assert accessibility_problems(page) == []
    dialog.get_by_role("button", name="Run Immediately").click()
    expect(dialog.get_by_role("button", name="Duplicate and call 2 people")).to_be_visible()
    dialog.get_by_role("button", name="Schedule for Later").click()
    dialog.get_by_role("button", name="Duplicate for then").click()
    expect(dialog.get_by_text("Choose the date and the time at which it starts.")).to_be_visible()
    dialog.get_by_label("Name").fill(f"Second {tag}")
    dialog.get_by_role("button", name="Tomorrow at nine").click()
    dialog.get_by_role("button", name="Duplicate for then").click()
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name=f"Second {tag}")).to_be_visible()
    copy = product.get(urlsplit(page.url).path.rpartition("/")[2])
    assert (copy["status"], copy["progress"]["total"]) == ("scheduled", 2)


def test_many_are_acted_upon_with_the_keyboard_and_archived(page: Page, product: Product, tag: str) -> None:
    waiting = [_scheduled(product, f"{each} {tag}") for each in ("First", "Second", "Third")]
    over = product.create(name=f"Over {tag}").json()["id"]
    product.wait_for(over, "completed")
    page.goto(f"/campaigns?search={tag}")
    page.get_by_role("checkbox", name=f"Choose Third {tag}").focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name=f"Choose First {tag}").click(modifiers=["Shift"])
    tools = page.get_by_role("toolbar", name="Chosen campaigns")
    expect(tools).to_contain_text("3 campaigns")
    tools.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("3 campaigns are paused.")).to_be_visible()
    expect(tools).to_be_hidden()
    expect(_row(page, tag).get_by_text("PAUSED")).to_have_count(3)

    page.get_by_role("checkbox", name="Choose all").click()
    expect(tools.get_by_role("button", name="Archive 1 of 4")).to_be_visible()
    assert accessibility_problems(page) == []
    product.client.delete(f"/api/campaigns/{over}")
    page.keyboard.press("Escape")
    expect(tools).to_be_hidden()
    page.get_by_role("checkbox", name="Choose all").click()
    tools.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog", name="Cancel 3 campaigns?")).to_contain_text("3 people not called yet")
    page.get_by_role("button", name="Cancel for good").click()
    expect(_row(page, tag).get_by_text("CANCELLED")).to_have_count(3)

    product.client.post(f"/api/campaigns/{waiting[0]}/archive")  # elsewhere
    expect(_row(page, f"First {tag}")).to_be_hidden()
    _row(page, f"Second {tag}").get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(_row(page, f"Second {tag}")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(_row(page, f"Second {tag}")).to_be_visible()
    page.get_by_label("Status").select_option(label="Archived")
    expect(_row(page, tag)).to_have_count(1)
    page.get_by_role("link", name=f"First {tag}").click()
    page.get_by_role("button", name="Take it out of the archive").click()
    expect(page.get_by_text("it is on no other list")).to_be_hidden()


def test_what_takes_more_money_than_there_is_leads_to_the_wallet(browser: Browser, product: Product, tag: str) -> None:
    poor = product.another(f"{tag}@example.com", balance="10.00")
    paused = [_scheduled(poor, f"Poor {each}") for each in (1, 2)]
    for each in paused:
        poor.client.post(f"/api/campaigns/{each}/pause")
    spent = poor.create(name="Spends").json()["id"]
    poor.wait_for(spent, "completed")
    with Visit(browser, poor).opened() as visit:
        page = visit.sign_in()
        _row(page, "Poor 1").get_by_role("button", name="Actions").click()
        page.get_by_role("menuitem", name="Resume").click()
        page.get_by_role("button", name="To the wallet").click()
        expect(page.get_by_role("heading", name="Wallet")).to_be_visible()
        page.goto("/campaigns?status=paused")
        page.get_by_role("checkbox", name="Choose all").click()
        page.get_by_role("toolbar").get_by_role("button", name="Resume").click()
        refused = page.get_by_role("dialog", name="2 campaigns were left as they were.")
        expect(refused.get_by_role("listitem")).to_have_count(2)
        assert accessibility_problems(page) == []
        refused.get_by_role("link", name="To the wallet").click()
        expect(page.get_by_role("heading", name="Wallet")).to_be_visible()
        visit.forgive("402")
