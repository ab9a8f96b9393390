"""What people and their files say comes back in files and answers of ours: as text, and as nothing else."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.support.api import Api, created

from belltower_api.csv_file import csv_lines, inert

FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", " =1+1", "＝1+1", "x;=1+1", 'x;"=1+1"',
    "x;\t@A1", "\u202e=1+1", "\ufeff=1+1", "=HYPERLINK(\"https://evil.example\")", "a|=1", '";=1+1;"',
]  # fmt: skip
SIGNS = "=+-@＝＋－＠"
SKIPPED = " \u00a0\ufeff" + "".join(map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def cells(text: str) -> list[str]:
    """What a spreadsheet makes cells of: by commas, and, where it is at home with another separator, at each of those, quotes or
    not."""
    by_commas = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    return by_commas + [cell for separator in ";\t|" for cell in re.split(rf"[{separator}\r\n]", text)]


def formulas(text: str) -> list[str]:
    """Cells that a spreadsheet would run. Telephone numbers in E.164, and lines that begin with one, are none."""
    found = [cell.strip(SKIPPED + '"') for cell in cells(text.removeprefix("\ufeff"))]
    return [cell for cell in found if cell.startswith(tuple(SIGNS)) and not re.match(r"\+\d{7,15}(,|$)", cell)]


@given(st.lists(st.text(alphabet=[*SIGNS, *";,|\t\r\n\"' a", *SKIPPED], max_size=12), min_size=1, max_size=4))
def test_no_text_becomes_a_formula_in_any_country(texts: list[str]) -> None:
    assert formulas(csv_lines([["first", *map(inert, texts), "last"]])) == []


async def test_every_download_is_inert(api: Api) -> None:
    """The results of a campaign, what was left out of it and of an import, the do-not-call list: all CSV that there is."""
    header = io.StringIO()
    writer = csv.writer(header)
    writer.writerow(["phone", "name", *FORMULAS])
    for number, formula in enumerate(FORMULAS):
        writer.writerow([f"+1415555{number:04d}", formula, *FORMULAS])
        writer.writerow([formula, "Nobody", *FORMULAS])
    content = header.getvalue()
    uploaded = (await api.upload(content, name="=evil")).json()
    imported = (await api.client.post("/api/imports", files={"file": ("=evil.csv", content)})).json()
    campaign = await created(api, name="=cmd|' /C calc'!A0", phone_numbers=["+14155559999"])
    for formula in FORMULAS:
        clean = formula.replace("\t", "").replace("\ufeff", "")
        await api.client.post(
            "/api/do-not-call", json={"phone": f"+1415556{FORMULAS.index(formula):04d}", "note": clean}
        )
    await api.execute(
        "UPDATE contacts SET reason = '=1', status = 'skipped', next_attempt_at = NULL WHERE campaign_id = :id",
        id=campaign["id"],
    )
    described = (await api.client.get("/openapi.json")).json()["paths"]
    downloads = {path for path, methods in described.items() if "text/csv" in str(methods)}
    found: dict[str, str] = {
        "/api/campaigns/{campaign_id}/download": f"/api/campaigns/{uploaded['id']}/download",
        "/api/campaigns/{campaign_id}/rejected/download": f"/api/campaigns/{uploaded['id']}/rejected/download",
        "/api/imports/{import_id}/rejected/download": f"/api/imports/{imported['id']}/rejected/download",
        "/api/do-not-call/download": "/api/do-not-call/download",
    }
    assert downloads == set(found), "a download that this test does not know"
    for path in (*found.values(), f"/api/campaigns/{campaign['id']}/download"):
        text = (await api.client.get(path)).text
        assert len(text.splitlines()) > 1, path
        assert formulas(text) == [], path
        assert (await api.client.get(path)).headers["content-disposition"].startswith("attachment; filename=")


NAMES = ["BEGIN:VEVENT", "a\\nDTSTART:20300101T000000Z", "a;b,c:d", "\u2028UID:x", '"; X=1', "x" * 200, "ﷺ" * 70]


async def test_a_name_stays_one_property_of_a_calendar(api: Api) -> None:
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for name in NAMES:
        await created(api, name=name, is_scheduled=True, scheduled_time=soon)
    feed: dict[str, Any] = (await api.client.post("/api/calendar-feeds", json={"name": "Calendar"})).json()
    raw = (await api.client.get(feed["url"].partition("example.com")[2])).content
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")), "RFC 5545, 3.1"
    lines = raw.decode().replace("\r\n ", "").split("\r\n")
    names = [line.partition(":")[0] for line in lines]
    for once in ("SUMMARY", "UID", "DTSTART"):
        assert names.count(once) == len(NAMES)
    assert lines.count("BEGIN:VEVENT") == len(NAMES)
