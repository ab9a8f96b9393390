"""What the web app costs its reader: bytes and time until the list can be used, and frames while ten thousand campaigns scroll,
and the people of one that has a million.

    . .run/credentials.env && .venv/bin/python bench/web_app.py [CAMPAIGNS [CONTACTS]]

It needs a running `make run`, whose account it gives that many campaigns, due in a year. The baseline of the frames is the
same scrolling of a page that holds as many plain lines of text.
"""

import asyncio
import gzip
import os
import re
import statistics
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

URL = os.environ["BELLTOWER_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['BELLTOWER_API_KEY']}"}
CAMPAIGNS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
CONTACTS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
LARGE = f"List of {CONTACTS:,}"
LOADS = 7
STEPS = 300
"""Turns of the wheel, of 400 pixels each, a sixtieth of a second apart."""
DIST = Path(__file__).parents[1] / "services" / "web" / "dist"

_RECORD = """() => {
    window.frames_ = []; let last = performance.now();
    const next = (now) => { window.frames_.push(now - last); last = now; window.recording_ = requestAnimationFrame(next); };
    window.recording_ = requestAnimationFrame(next);
}"""


_DUE = {"is_scheduled": True, "scheduled_time": (datetime.now(UTC) + timedelta(days=365)).isoformat()}


async def _create(campaigns: int) -> None:
    limits = httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(base_url=URL, headers=HEADERS, limits=limits, timeout=None, trust_env=False) as client:
        there = (await client.get("/api/campaigns?limit=1")).json()["total"]
        body = {
            "welcome_message": "Hello.",
            "phone_numbers": "+12025550143",
            **_DUE,
        }
        for first in range(there, campaigns, 200):
            batch = range(first, min(first + 200, campaigns))
            answers = await asyncio.gather(
                *(client.post("/api/campaigns", json={"name": f"Reminder {number}", **body}) for number in batch)
            )
            assert all(answer.status_code == 201 for answer in answers), answers[0].text


async def _create_large() -> str:
    """The id of the campaign that has so many people."""
    async with httpx.AsyncClient(base_url=URL, headers=HEADERS, timeout=None, trust_env=False) as client:
        there = (await client.get("/api/campaigns", params={"search": LARGE, "limit": 1})).json()["items"]
        if not there:
            lines = (f"+1415{2_000_000 + number},Person {number}" for number in range(CONTACTS))
            file = ("people.csv", "\n".join(["phone,name", *lines]).encode(), "text/csv")
            uploaded = await client.post("/api/imports", files={"file": file})
            assert uploaded.status_code == 201, uploaded.text
            body = {"name": LARGE, "welcome_message": "Hello {{name}}.", "import_id": uploaded.json()["id"], **_DUE}
            created = await client.post("/api/campaigns", json=body)
            assert created.status_code == 201, created.text
            there = [created.json()]
    campaign_id: str = there[0]["id"]
    return campaign_id


async def _signed_in(browser: Browser) -> Page:
    context = await browser.new_context(base_url=URL, viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("E-mail").fill(os.environ["BELLTOWER_EMAIL"])
    await page.get_by_label("Password").fill(os.environ["BELLTOWER_PASSWORD"])
    await page.keyboard.press("Enter")
    await page.get_by_role("row").nth(1).wait_for()
    return page


def _first_load() -> int:
    """Bytes of gzipped JavaScript that the list needs: what the page names."""
    names = re.findall(r'(?:src|href)="/([^"]+\.js)"', (DIST / "index.html").read_text(encoding="utf-8"))
    return sum(len(gzip.compress((DIST / name).read_bytes())) for name in names)


async def _seconds_to_use(page: Page) -> float:
    """From the beginning of a navigation to the first row of the list, with an empty cache."""
    client = await page.context.new_cdp_session(page)
    await client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await page.goto("/campaigns", wait_until="commit")
    await page.get_by_role("row").nth(1).wait_for()
    milliseconds: float = await page.evaluate("performance.now()")
    return milliseconds / 1000


async def _frames(page: Page) -> list[float]:
    """Milliseconds between the frames of a long scroll."""
    await page.mouse.move(640, 500)
    await page.evaluate(_RECORD)
    for _ in range(STEPS):
        await page.mouse.wheel(0, 400)
        await asyncio.sleep(1 / 60)
    frames: list[float] = await page.evaluate(
        "() => { cancelAnimationFrame(window.recording_); return window.frames_; }"
    )
    return sorted(frames)


def _show(what: str, frames: list[float]) -> None:
    p50, p95, worst = (frames[min(int(len(frames) * share), len(frames) - 1)] for share in (0.5, 0.95, 1))
    print(f"{what}: {len(frames)} frames, p50 {p50:.0f} ms, p95 {p95:.0f} ms, worst {worst:.0f} ms")


async def main() -> None:
    """Print the figures."""
    await _create(CAMPAIGNS)
    large = await _create_large()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await _signed_in(browser)
        print(f"first load: {_first_load() / 1000:.0f} kB of gzipped JavaScript")
        loads = [await _seconds_to_use(page) for _ in range(LOADS)]
        print(f"list to be used after {statistics.median(loads):.2f} s (median of {LOADS}, {max(loads):.2f} at worst)")
        _show(f"{CAMPAIGNS:,} campaigns", await _frames(page))
        reached = await page.evaluate("scrollY")
        await page.goto(f"/campaigns/{large}?tab=contacts")
        await page.get_by_role("table", name="Contacts").wait_for()
        _show(f"{CONTACTS:,} contacts", await _frames(page))
        await page.set_content("<p style='margin:1em'>Reminder</p>" * CAMPAIGNS)
        _show("as many plain lines", await _frames(page))
        print(f"scrolled {reached:,.0f} pixels")
        await browser.close()


asyncio.run(main())
