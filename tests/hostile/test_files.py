"""Files that were made to do harm, to every operation that takes one: each is refused with a sentence, soon and in little memory.

The API is a process of its own here, whose memory is measured; while it reads, it answers others.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import httpx
import psutil
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.support.hostile_files import BOOKS, MB, TEXTS, book, content, sheet, text
from tests.support.processes import Service, Start
from tests.support.tables import counted
from tests.support.world import World

from belltower.domain.errors import Invalid
from belltower_api.contact_file import Wishes
from belltower_api.contact_list import ContactList, File
from belltower_api.errors import TooLarge

log = structlog.get_logger(__name__)
ALLOWED = 250 * MB
"""Bytes by which the API may grow while it reads one file, whatever is in it: shared texts alone may be 100 MB."""
SOON = 60
"""Seconds in which a file is read or refused, on a machine that has other work."""
ANSWERED = 5.0
"""Seconds in which another request is answered meanwhile, on such a machine."""
RIGHT = {"16,000 columns of telephones.csv"}
"""Those that are strange, and lists of people all the same."""
IS_LONG = bool(os.environ.get("MINUTES"))
FILES = {f"{name}.xlsx": make for name, make in BOOKS.items()} | {f"{name}.csv": make for name, make in TEXTS.items()}
SHORT = [
    "bomb.xlsx", "a text of 60 MB.xlsx", "an attribute of 60 MB.xlsx", "a million levels.xlsx", "a million members.xlsx",
    "wide and empty.xlsx", "empty lines.csv", "lines of a million cells.csv", "a line of 90 MB.csv",
]  # fmt: skip
"""Those that took the most memory or time, of the large ones."""


@contextmanager
def growth(service: Service) -> Iterator[list[float]]:
    """By how many bytes a process has grown at most, looked at while the block runs."""
    process = psutil.Process(service.pid)
    before = process.memory_info().rss
    grown = [0.0]

    async def look() -> None:
        while True:
            grown[0] = max(grown[0], process.memory_info().rss - before)
            await asyncio.sleep(0.02)

    looking = asyncio.get_running_loop().create_task(look())
    try:
        yield grown
    finally:
        looking.cancel()


@asynccontextmanager
async def others_are_answered(client: httpx.AsyncClient) -> AsyncIterator[list[float]]:
    """Ask for something small again and again; how long each answer took, in seconds."""
    took: list[float] = []

    async def ask() -> None:
        while True:
            began = time.monotonic()
            assert (await client.get("/api/wallet")).status_code == 200
            took.append(time.monotonic() - began)
            await asyncio.sleep(0.1)

    asking = asyncio.create_task(ask())
    try:
        yield took
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


@dataclass
class Reader:
    """An API to send files to."""

    service: Service
    client: httpx.AsyncClient
    engine: AsyncEngine

    async def send(self, path: str, filename: str, file: IO[bytes]) -> httpx.Response:
        """Send a file as a form, piece by piece."""
        fields = {"welcome_message": "Hello.", "default_country": "US"} if path.endswith("upload") else {}
        return await self.client.post(path, data=fields, files={"file": (filename, file)}, timeout=120)


@pytest.fixture
async def reader(world: World, start: Start) -> AsyncIterator[Reader]:
    """The API as a process."""
    service = start("api")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, trust_env=False, timeout=30) as client:
        yield Reader(service, client, world.engine)


def refused(response: httpx.Response, name: str) -> dict[str, Any]:
    """The sentence that refuses a file."""
    assert response.status_code in (400, 413, 415), (name, response.status_code, response.text[:500])
    problem: dict[str, Any] = response.json()
    assert problem["detail"].endswith("."), problem
    for leak in ("Traceback", ".py", "zipfile", "expat", "/tmp", "root:"):
        assert leak not in response.text, (name, leak)
    return problem


@pytest.mark.timeout(2400 if IS_LONG else 240)
async def test_no_file_takes_memory_or_time_or_leaves_anything(reader: Reader) -> None:
    before = await counted(reader.engine)
    names = [name for name in FILES if IS_LONG or name in SHORT]
    assert len(names) >= len(SHORT)
    figures: list[str] = []
    for number, name in enumerate(names):
        with FILES[name]() as file:
            path = ("/api/campaigns/upload", "/api/imports")[number % 2]
            began = time.monotonic()
            with growth(reader.service) as grown:
                async with others_are_answered(reader.client) as took:
                    response = await reader.send(path, name, file)
            seconds = time.monotonic() - began
        figures.append(f"{name:34} {seconds:5.1f} s  +{grown[0] / MB:4.0f} MB  others {max(took, default=0):4.2f} s")
        log.info("file", figures=figures[-1], said=response.text[:90])
        if path.endswith("upload") and name in RIGHT:
            assert response.status_code == 201, response.text
            before = await counted(reader.engine)
        elif path.endswith("upload"):
            refused(response, name)
        else:
            assert response.status_code in (201, 400, 413), (name, response.text)
            if response.status_code == 201:  # something in it is a number after all, and it is kept
                assert (await reader.client.delete(response.headers["location"])).status_code == 204
            else:
                refused(response, name)
        assert grown[0] < ALLOWED, (name, grown[0] / MB)
        assert seconds < SOON, (name, seconds)
        assert max(took, default=0) < ANSWERED, (name, took)
        assert await counted(reader.engine) == before, name
    assert reader.service.is_running


@pytest.mark.timeout(240)
async def test_a_line_of_a_gigabyte_is_refused_at_the_limit(reader: Reader) -> None:
    """It is made as it is sent, in one piece of a form or as JSON that never ends, and announced or not."""

    async def line(head: bytes) -> AsyncIterator[bytes]:
        yield head
        for _ in range(1024 * 16):
            yield b"a" * 2**16

    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    field = b'--x\r\nContent-Disposition: form-data; name="welcome_message"\r\n\r\n'
    before = await counted(reader.engine)
    for path, head, media_type in (
        ("/api/campaigns/upload", form, "multipart/form-data; boundary=x"),
        ("/api/imports", field, "multipart/form-data; boundary=x"),
        ("/api/campaigns", b'{"name": "', "application/json"),
        ("/api/do-not-call/batch", b'{"phone_numbers": "', "application/json"),
    ):
        with growth(reader.service) as grown:
            try:
                answer = await reader.client.post(
                    path, content=line(head), headers={"Content-Type": media_type}, timeout=60
                )
                refused(answer, path)
            except (httpx.WriteError, httpx.ReadError):
                pass  # it was refused, and hung up on before all was sent
        assert grown[0] < ALLOWED, (path, grown[0] / MB)
        assert (await reader.client.get("/api/wallet")).status_code == 200
    assert await counted(reader.engine) == before


SMALL = [*BOOKS, *TEXTS] if IS_LONG else [
    "entities", "external entity", "external doctype", "external in the relations", "nested", "sizes too large",
    "sizes too small", "sizes of nothing", "encrypted", "patched", "lzma", "a format of brackets",
    "no column",
    "a row beyond all", "a row before all", "NUL", "16,000 columns of telephones", "a title of separators", "marks of direction",
    "UTF-16 of half pairs", "UTF-7",
]  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_no_file_breaks_what_reads_it(name: str) -> None:
    _read({**BOOKS, **TEXTS}[name](), f"{name}.xlsx" if name in BOOKS else f"{name}.csv")


def _read(made: IO[bytes], name: str) -> None:
    """Read a file; the only errors are those that are sentences."""
    with made as file, ContactList(default_country="US") as found:
        try:
            found.add_file(File(cast(BinaryIO, file), name, Wishes(), "US"))
        except Invalid as error:
            said = str(error)
        except TooLarge as error:
            said = error.detail
        else:
            said = "It was read."
        assert said.endswith(".")
        for row in found.left_out:
            assert "\0" not in "".join(filter(None, row))


EXAMPLES = 20_000 if IS_LONG else 60
SEEDS = [content(BOOKS[name]()) for name in ("NUL", "entities", "no column")]
XML = st.text(alphabet="<>/=\"' &;![]-?crvtisRowXFD0123456789ABx_\0\ud800é", max_size=120).map(
    lambda found: found.encode(errors="surrogatepass")
)
CELLS = st.text(alphabet=" ,;\t|\"'\r\n+=-@0123456789aé١\u202e\ufeff\0", max_size=400)


@settings(max_examples=EXAMPLES)
@given(
    st.one_of(
        st.binary(max_size=600),
        CELLS.map(lambda found: found.encode("utf-8")),
        CELLS.map(lambda found: found.encode("utf-16")),
    )
)
def test_no_text_breaks_what_reads_it(content: bytes) -> None:
    _read(text(content), "people.csv")


@settings(max_examples=EXAMPLES)
@given(XML, st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"]))
def test_no_xml_breaks_what_reads_it(xml: bytes, part: str) -> None:
    head = b"<worksheet><sheetData><row>" if part.endswith("sheet1.xml") else b""
    _read(book({part: head + xml}), "people.xlsx")


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_damage_breaks_what_reads_it(content: bytes, damage: list[tuple[float, int]]) -> None:
    damaged = bytearray(content)
    for where, byte in damage:
        damaged[int(where * len(damaged))] = byte
    _read(text(bytes(damaged)), "people.xlsx")


async def test_a_row_of_every_kind_is_answered_for(reader: Reader) -> None:
    """Right-to-left names, formulas and marks of direction beside good numbers: those are rung, and nothing is lost."""
    names = ["name", "علي \u202e=cmd", "=cmd|' /C calc'!A0", "_x0000_", "\u2066\u2067", "é" * 500]
    rows = sheet(
        "".join(
            f"<row><c t='str'><v>{name}</v></c><c><v>1415555{number:04d}</v></c></row>"
            for number, name in enumerate(names, 100)
        )
    )
    with book({"xl/worksheets/sheet1.xml": rows}) as file:
        response = await reader.send("/api/campaigns/upload", "people.xlsx", file)
    assert response.status_code == 201, response.text
    assert response.json()["progress"]["total"] + response.json()["rejected"]["count"] >= 5
