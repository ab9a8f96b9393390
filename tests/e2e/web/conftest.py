"""The web app in a real browser, on the whole product. What the browser's console complains of fails the test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e.conftest import Product
from tests.support.browser import Visit, launch


@pytest.fixture(scope="module")
def browser(product: Product) -> Iterator[Browser]:
    """The browser that a module's tests share; each has a window of its own.

    Playwright keeps an event loop running in this thread: nothing else that needs one may be set up while it lives, the
    product before all.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Visit]:
    """A window of somebody who is not signed in."""
    with Visit(browser, product).opened() as visit:
        yield visit


@pytest.fixture
def page(visit: Visit) -> Page:
    """The page of the account's administrator, who is signed in, on the list of campaigns."""
    visit.sign_in()
    return visit.page
