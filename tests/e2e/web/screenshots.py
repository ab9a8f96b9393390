"""Pictures of every page, light and dark, on a desk and on a telephone, for people to look at: `make screenshots`.

They are taken of the real product, with campaigns of every kind, and written to docs/images/web/. Not collected as a test.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.conftest import Product, in_seconds
from tests.support.browser import PHONE, WIDE, Visit
from tests.support.servers import CHECKOUT

IMAGES = CHECKOUT / "docs" / "images" / "web"
SIZES = {"desktop": WIDE, "phone": PHONE}

PEOPLE = [
    {"phone": f"+1202555{number:04d}", "name": name, "fields": {"city": city}}
    for number, (name, city) in enumerate(
        (
            (f"{first} {last}", city)
            for last in ("Lovelace", "Hopper", "Turing", "Noether", "Curie", "Franklin")
            for first, city in (("Ada", "London"), ("Grace", "New York"), ("Alan", "Wilmslow"), ("Emmy", "Erlangen"))
        ),
        start=100,
    )
]
MESSAGE = "Hello {{name|there}}, this is a reminder of your appointment in {{city}} tomorrow."


@pytest.fixture(scope="session")
def campaigns(product: Product) -> dict[str, dict[str, Any]]:
    """One of each kind, in the states that they are in."""
    contacts = [
        *PEOPLE,
        *({"phone": f"+120255599{suffix}", "name": "Robin Busy"} for suffix in ("00", "01", "04", "05")),
    ]
    fields = {"welcome_message": MESSAGE, "contacts": contacts, "phone_numbers": "12, +12025550100", "concurrency": 5}
    made = {
        "done": product.create(name="Appointment reminders, week 47", **fields),
        "failed": product.create(
            name="Notice with a refused caller id", caller_id="+15005550001", phone_numbers="+12025550143"
        ),
        "later": product.create(
            name="Power cut notice, Kolkata",
            is_scheduled=True,
            scheduled_time="2027-01-12T09:30:00",
            timezone="Asia/Kolkata",
        ),
        "soon": product.create(
            name="Survey: how was your visit?", is_scheduled=True, scheduled_time=in_seconds(7_200), **fields
        ),
        "tomorrow": product.create(name="Delivery notice", is_scheduled=True, scheduled_time=in_seconds(90_000)),
    }
    answers = {name: answer.json() for name, answer in made.items()}
    for name, status in (("done", "completed"), ("failed", "failed")):
        product.wait_for(answers[name]["id"], status)
    return answers


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> str:
    """Light or dark."""
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    """Of the window."""
    return str(request.param)


@pytest.fixture
def visitor(browser: Browser, product: Product, colours: str, size: str) -> Iterator[Visit]:
    """Somebody who comes with such a window."""
    options = {"viewport": SIZES[size], "color_scheme": colours, "device_scale_factor": 1.5}
    with Visit(browser, product, **options).opened() as visit:
        yield visit


@pytest.fixture
def take(colours: str, size: str) -> Any:
    """Takes a picture under a name, when the page has come to rest."""

    def take(page: Page, name: str) -> Path:
        page.wait_for_load_state("networkidle") if "stream" not in name else None
        page.mouse.move(0, 0)
        page.evaluate("document.fonts.ready")
        path = IMAGES / f"{name}-{colours}-{size}.png"
        page.screenshot(path=path, animations="disabled")
        return path

    return take
