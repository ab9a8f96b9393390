"""Dead letters: an operator reads them, has one sent again and discards it; nobody else sees them."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.e2e.conftest import Product
from tests.support.browser import PHONE, WIDE, Visit, accessibility_problems
from tests.support.eventually import eventually_sync

from belltower.db import dead_letters
from belltower.db.engine import create_engine
from belltower.domain.dead_letter import DeadMessage, Reason
from belltower.events import CampaignDue
from belltower.runtime.settings import DatabaseSettings
from belltower_local.servers import base_environment

EARLIER = CampaignDue([UUID(int=7)]).encode().replace(b'"version":1', b'"version":0')


@pytest.fixture
def operator(product: Product) -> Product:
    """The product as one who runs it sees it."""
    other = product.another(f"operator-{uuid4().hex[:8]}@example.com", balance="10.00")
    make_operator(other)
    return other


def make_operator(product: Product) -> None:
    """Have who uses this product be one who runs it."""
    command = [str(Path(sys.executable).parent / "belltower"), "operators", "add", product.email]
    environment = base_environment() | {"DATABASE_URL": str(product.database_url)}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def bury(product: Product) -> None:
    """Have there be a dead letter."""
    letter = DeadMessage(
        Reason.UNDECODABLE, "Its version is 0; this dialer reads version 1.", EARLIER, str(uuid4()), "scheduler"
    )
    on_database(product, lambda engine: dead_letters.record(engine, letter))


def on_database(product: Product, work: Callable[[AsyncEngine], Awaitable[Any]]) -> Any:
    """Do something with the product's database, in a thread: Playwright has this one's event loop."""

    async def run() -> Any:
        engine = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": product.database_url}), name="test")
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run()).result()


def times(product: Product) -> int:
    """How often the message came to nothing."""

    async def read(engine: AsyncEngine) -> int:
        async with engine.connect() as connection:
            return int((await connection.execute(text("SELECT max(times) FROM dead_letters"))).scalar_one())

    return int(on_database(product, read))


def test_an_operator_sends_a_dead_letter_again_and_discards_it(browser: Browser, operator: Product) -> None:
    with Visit(browser, operator).opened() as visit:
        page = visit.sign_in()
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Operations").click()
        expect(page.get_by_role("heading", name="No dead letter")).to_be_visible()
        assert accessibility_problems(page) == []

        bury(operator)
        page.reload()
        row = page.get_by_role("region", name="Dead letters").get_by_role("listitem")
        expect(row).to_contain_text("Could not be read")
        expect(row).to_contain_text("came once")
        expect(row).to_contain_text("Its version is 0; this dialer reads version 1.")
        for size in (PHONE, WIDE):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert accessibility_problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        row.get_by_role("button", name="Send again").press("Enter")
        expect(page.get_by_text("It is sent again in a moment.")).to_be_visible()
        # No dialer can read it still: the scheduler sent it, a dialer gave it up, and it is here once more.
        eventually_sync(lambda: times(operator) == 2, timeout=30, interval=0.2)
        page.reload()
        expect(row).to_contain_text("came twice")

        row.get_by_role("button", name="Discard").press("Enter")
        asked = page.get_by_role("dialog", name="Discard this dead letter?")
        expect(asked).to_contain_text("No campaign is touched")
        assert accessibility_problems(page) == []
        asked.get_by_role("button", name="Discard for good").click()
        expect(page.get_by_role("heading", name="No dead letter")).to_be_visible()


def test_nobody_else_sees_them(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Wallet").first).to_be_visible()
    expect(page.get_by_role("link", name="Operations")).to_have_count(0)
    page.goto("/operations/dead-letters")
    expect(page.get_by_role("heading", name="Dead letters are for operators")).to_be_visible()
