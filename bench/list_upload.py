"""How long the API takes over files of a million contacts, and how much memory, on a `make run` beside this (as root, or as whom
it runs).

set -a && . .run/credentials.env && PYTHONPATH=. .venv/bin/python bench/list_upload.py [ROWS]
"""

import io
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx
import psutil
from tests.support.workbook import workbook

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
URL = httpx.URL(os.environ["BELLTOWER_URL"])
MESSAGE = "Hello {{name}} in {{city|town}}."
_SHEET, _TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _phone(row: int) -> str:
    return "n/a" if row % 1_000 == 0 else f"+1415{2_000_000 + row}"


def _write_csv(file: BinaryIO) -> None:
    file.write(b"id,name,phone,city,note\n")
    for row in range(ROWS):
        file.write(f'{row},"Person, {row}",{_phone(row)},Springfield,"likes ""tea"""\n'.encode())


def _write_workbook(file: BinaryIO) -> None:
    """As Excel writes it: texts stand in a table by themselves, each once."""
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["x"]]))) as frame,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in frame.namelist():
            if name not in (_SHEET, "xl/_rels/workbook.xml.rels"):
                archive.writestr(name, frame.read(name))
        relations = frame.read("xl/_rels/workbook.xml.rels").decode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        texts = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
        archive.writestr("xl/_rels/workbook.xml.rels", relations.replace("</Relationships>", texts))
        with archive.open(_TEXTS, "w") as part:
            part.write(f"<sst {_MAIN}>".encode())
            for text in ("id", "name", "phone", "city", "Springfield"):
                part.write(f"<si><t>{text}</t></si>".encode())
            for row in range(ROWS):
                part.write(f"<si><t>Person, {row}</t></si><si><t>{_phone(row)}</t></si>".encode())
            part.write(b"</sst>")
        with archive.open(_SHEET, "w") as part:
            part.write(f"<worksheet {_MAIN}><sheetData>".encode())
            for number, cells in enumerate(_cells(), start=1):
                written = "".join(
                    f'<c r="{column}{number}"{kind}><v>{value}</v></c>'
                    for column, (kind, value) in zip("ABCD", cells, strict=True)
                )
                part.write(f'<row r="{number}">{written}</row>'.encode())
            part.write(b"</sheetData></worksheet>")


def _cells() -> Iterator[list[tuple[str, int]]]:
    yield [(' t="s"', text) for text in range(4)]
    for row in range(ROWS):
        yield [("", row), (' t="s"', 5 + 2 * row), (' t="s"', 6 + 2 * row), (' t="s"', 4)]


def _api_process() -> int:
    return next(
        found.pid
        for found in psutil.net_connections("tcp")
        if found.status == psutil.CONN_LISTEN and found.laddr[1:] == (URL.port,) and found.pid is not None
    )


def _peak(pid: int) -> int:
    """Megabytes that a process had at most since `_forget_peak`."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _measured(what: str, send: Callable[[], httpx.Response]) -> dict[str, Any]:
    pid = _api_process()
    _forget_peak(pid)
    before = _peak(pid)
    began = time.monotonic()
    answer = send()
    seconds = time.monotonic() - began
    print(f"{what}: {seconds:.0f} s, API at {_peak(pid)} MB at most, {before} MB before", flush=True)
    if answer.status_code != httpx.codes.CREATED:
        raise SystemExit(answer.text)
    return dict(answer.json())


def _measure(client: httpx.Client, name: str, file: BinaryIO) -> None:
    print(f"{name}: {ROWS:,} rows, {file.tell() / 2**20:.0f} MB")
    wanted = {"name": "Large", "welcome_message": MESSAGE, "scheduled_time": "2033-05-17T09:30:00Z"}

    def upload(path: str, fields: dict[str, str]) -> httpx.Response:
        file.seek(0)
        return client.post(path, data=fields, files={"file": (name, file)})

    found = _measured("  import", lambda: upload("/api/imports", {}))
    assert found["contacts"] + found["rejected"]["count"] == ROWS
    request = {**wanted, "is_scheduled": True, "import_id": found["id"]}
    made = _measured("  campaign from the import", lambda: client.post("/api/campaigns", json=request))
    client.delete(f"/api/campaigns/{made['id']}").raise_for_status()
    client.delete(f"/api/imports/{found['id']}").raise_for_status()
    form = {**wanted, "is_scheduled": "true"}
    made = _measured("  campaign from the file", lambda: upload("/api/campaigns/upload", form))
    client.delete(f"/api/campaigns/{made['id']}").raise_for_status()


def main() -> None:
    """Print the figures."""
    headers = {"Authorization": f"Bearer {os.environ['BELLTOWER_API_KEY']}"}
    with httpx.Client(base_url=URL, headers=headers, timeout=900, trust_env=False) as client:
        for name, write in (("people.csv", _write_csv), ("people.xlsx", _write_workbook)):
            with tempfile.TemporaryFile() as temporary:
                file = cast(BinaryIO, temporary)
                write(file)
                _measure(client, name, file)


main()
