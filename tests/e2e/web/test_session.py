"""Coming in, going out, and an end of the session in the middle of something."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import Visit, accessibility_problems


def test_whoever_signs_in_comes_to_where_they_wanted_to_go(visit: Visit, product: Product) -> None:
    page = visit.page
    page.goto("/wallet")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert accessibility_problems(page) == []
    page.get_by_label("E-mail").fill(product.email)
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    visit.forgive("401")
    page.get_by_label("Password").fill(product.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wallet")).to_be_visible()
    assert urlsplit(page.url).path == "/wallet"


def test_a_link_to_sign_in_leads_nowhere_else(visit: Visit, product: Product) -> None:
    page = visit.page
    page.goto("/sign-in?next=//example.com/")
    page.get_by_label("E-mail").fill(product.email)
    page.get_by_label("Password").fill(product.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


def test_whoever_signs_out_is_out(page: Page) -> None:
    page.get_by_role("button", name="Example Ltd").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/campaigns")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_password_is_asked_again_above_what_one_was_doing(page: Page, visit: Visit, product: Product) -> None:
    search = page.get_by_label("Search by name")
    expect(search).to_be_visible()
    visit.context.clear_cookies()
    search.fill("Something typed")
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    visit.forgive("401")
    expect(dialog.get_by_label("E-mail")).to_have_value(product.email)
    dialog.get_by_label("Password").fill(product.password)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(search).to_have_value("Something typed")
    expect(page.get_by_text("No campaign fits")).to_be_visible()
    visit.forgive("401")


def test_another_person_in_another_tab_sees_nothing_of_the_first(page: Page, visit: Visit, product: Product) -> None:
    product.create(name="Not for others", is_scheduled=True, scheduled_time=in_seconds(86_400))
    campaign = page.get_by_role("link", name="Not for others")
    expect(campaign).to_be_visible()
    other = product.another("other-tab@example.com", balance="20.00")
    tab = visit.context.new_page()
    tab.goto("/campaigns")
    tab.get_by_role("button", name="Example Ltd").click()
    tab.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    tab.get_by_label("E-mail").fill(other.email)
    tab.get_by_label("Password").fill(other.password)
    tab.keyboard.press("Enter")
    for each in (tab, page):
        expect(each.get_by_role("heading", name="Create your first campaign")).to_be_visible()
    expect(campaign).to_be_hidden()


def test_what_waits_to_be_deleted_is_deleted_before_one_is_out(page: Page, product: Product) -> None:
    made = product.create(name="Leaves first", is_scheduled=True, scheduled_time=in_seconds(86_400)).json()
    page.get_by_role("button", name="Actions for Leaves first").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Example Ltd").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert product.client.get(f"/api/campaigns/{made['id']}").status_code == 404
