"""A real browser (Debian's Chromium, driven by Playwright) as a person's window onto the web app."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect
from tests.support.servers import CHECKOUT

from belltower_local.finding import find_chromium
from belltower_local.servers import install_missing

if TYPE_CHECKING:
    from tests.e2e.conftest import Product

PATIENCE = 20_000
"""Milliseconds that a busy machine may take for what takes a fraction of a second on a quiet one."""
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# Chromium asks its maker for this and that when it starts; ours has nothing to ask. Root may not use its sandbox.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AXE = CHECKOUT / "services" / "web" / "node_modules" / "axe-core" / "axe.min.js"

expect.set_options(timeout=PATIENCE)


def launch(playwright: Playwright) -> Browser:
    """Start the machine's Chromium; one that is missing is installed where we may."""
    install_missing(CHECKOUT / ".run" / "packages.log", postgres=False, rabbitmq=False, chromium=True)
    return playwright.chromium.launch(executable_path=find_chromium(), args=_ARGUMENTS)


class Visit:
    """A window, and what its browser said meanwhile."""

    page: Page
    context: BrowserContext

    def __init__(self, browser: Browser, product: "Product", **options: Any) -> None:
        """`options` are Playwright's for a context: `viewport`, `color_scheme`, `locale`, `timezone_id` and others."""
        self._browser = browser
        self._product = product
        self._options: dict[str, Any] = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Berlin"} | options
        self.url = str(product.client.base_url).rstrip("/")
        self.complaints: list[str] = []
        """Errors and warnings on the console, and exceptions that nobody caught. A test takes out what it meant to cause."""

    @contextmanager
    def opened(self) -> Iterator["Visit"]:
        """The window, until the end. Whatever the browser complained of then is an error."""
        self.context = self._browser.new_context(base_url=self.url, **self._options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        try:
            yield self
        finally:
            self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def sign_in(self, path: str = "/campaigns") -> Page:
        """Become the account's administrator, without the form, and open a page."""
        body = {"email": self._product.email, "password": self._product.password}
        headers = {"Origin": self.url, "Authorization": ""}
        # The database may just have been restarted by another test: then the first answer is to try again.
        answer = self._product.client.post("/api/session", json=body, headers=headers)
        if answer.status_code == 503:
            answer = self._product.client.post("/api/session", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        cookie = next(iter(answer.cookies.jar))
        self._product.client.cookies.clear()
        host = str(urlsplit(self.url).hostname)
        self.context.add_cookies(
            [{"name": cookie.name, "value": str(cookie.value), "domain": host, "path": "/", "httpOnly": True}]
        )
        self.page.goto(path)
        return self.page

    def forgive(self, pattern: str) -> None:
        """Expect complaints that match: the browser itself reports every request that is refused."""
        self.complaints = [each for each in self.complaints if not re.search(pattern, each)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices, each with the element that it is about."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })")
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
