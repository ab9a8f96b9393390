"""`belltower do-not-call`: whom no campaign rings."""

from itertools import chain
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from belltower_cli.api import Api, Json
from belltower_cli.campaign_options import given
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import minute, output, plain, print_json
from belltower_cli.upload import send_file

app = typer.Typer(help="Numbers that no campaign rings: see them, add some, let some go.", no_args_is_help=True)

Country = Annotated[
    str | None,
    typer.Option(help="Where numbers without + and country code are at home, such as US.", show_default=False),
]
Note = Annotated[str | None, typer.Option(help="How you know; kept with each number.", show_default=False)]

_PATIENCE = 600
"""Seconds within which the API has added the longest list."""
_WHY = {"key_press": "pressed 9", "asked": "added", "imported": "from a file"}


@app.command(name="list")
def list_numbers(
    search: Annotated[str | None, typer.Option(help="Only numbers that begin so, however it is written.")] = None,
    country: Country = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them, however many.")] = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List the numbers, the newest first. --json prints one on a line."""
    with connected(url, key_file) as api:
        entries = api.items(
            "/api/do-not-call",
            limit=None if everything else limit,
            sort="-created_at",
            search=search,
            default_country=country,
        )
        if as_json:
            for entry in entries:
                print_json(entry)
        elif (first := next(entries, None)) is None:
            output().print("There is no such number on the list.")
        else:
            output().print(_table(list(chain([first], entries))))


@app.command(name="add")
def add_numbers(
    numbers: Annotated[list[str], typer.Argument(help="With + and country code, or of --country.")],
    country: Country = None,
    note: Note = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Have numbers not called again, by any campaign."""
    with connected(url, key_file) as api:
        _add(api, given(phone_numbers=numbers, default_country=country, note=note), as_json=as_json)


@app.command(name="import")
def import_numbers(
    file: Annotated[
        Path, typer.Argument(help=".csv, .txt or .xlsx: one number a line, or a table with a column of numbers.")
    ],
    country: Country = None,
    phone_column: Annotated[
        str | None, typer.Option(help="The title of the column of numbers; found out by default.")
    ] = None,
    note: Note = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Have the numbers of a file not called again. Its name is the note that they get, unless there is another."""
    reading = given(default_country=country, phone_column=phone_column)
    with connected(url, key_file) as api:
        found = send_file(api, "/api/imports", file, reading)
        _add(api, {"import_id": found["id"], "note": note or found["filename"], **reading}, as_json=as_json)


@app.command(name="remove")
def remove_number(
    number: Annotated[str, typer.Argument(help="With + and country code.")], url: Url = None, key_file: KeyFile = None
) -> None:
    """Let a number be called again, because its owner asked for it. Who did it stays on record."""
    with connected(url, key_file) as api:
        api.delete(f"/api/do-not-call/{quote(number, safe='')}")
    typer.echo(f"{plain(number)} may be called again.")


def _add(api: Api, fields: Json, *, as_json: bool) -> None:
    result = api.post("/api/do-not-call/batch", timeout=_PATIENCE, json=fields)
    if as_json:
        print_json(result)
        return
    typer.echo(f"{result['added']:,} added, {result['already_listed']:,} on the list already.")
    rejected = result["rejected"]
    for entry in rejected["items"]:
        typer.echo(f"Left out: {plain(entry['value'])!r} in line {entry['line']}: {plain(entry['reason'])}.", err=True)
    if (more := rejected["count"] - len(rejected["items"])) > 0:
        typer.echo(f"And {more:,} more were left out.", err=True)


def _table(entries: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("number", no_wrap=True)
    table.add_column("why", no_wrap=True)
    table.add_column("since", no_wrap=True)
    table.add_column("note", overflow="fold")
    for entry in entries:
        note = entry["note"] or entry["campaign_name"] or ""
        table.add_row(entry["phone"], _WHY[entry["reason"]], minute(entry["created_at"]), Text(plain(note)))
    return table
