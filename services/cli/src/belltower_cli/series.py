"""`belltower series`: recurring campaigns."""

import json
import sys
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from belltower_cli.api import Failure, Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import facts, minute, output, plain, print_json

commands = typer.Typer(help="Recurring campaigns.", no_args_is_help=True)

SeriesId = Annotated[str, typer.Argument(metavar="ID", help="The series.", show_default=False)]


@commands.command(name="create")
def create_series(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What POST /api/series takes, as JSON; - for standard input.")
    ],
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Create a series from a file of JSON: a campaign's fields, its contacts, and a rule."""
    with connected(url, key_file) as api:
        _show(api.post("/api/series", json=_read(file)), as_json)


@commands.command(name="list")
def list_series(
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List the series, the newest first. --json prints one on a line."""
    with connected(url, key_file) as api:
        found = api.items("/api/series", limit=limit)
        if as_json:
            for series in found:
                print_json(series)
        elif (first := next(found, None)) is None:
            output().print("There is no series.")
        else:
            output().print(_table(list(chain([first], found))))


@commands.command(name="show")
def show_series(series: SeriesId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Show a series and what is to come of it."""
    with connected(url, key_file) as api:
        found = api.get(f"/api/series/{series}")
        coming = api.get(f"/api/series/{series}/occurrences")["items"]
    if as_json:
        print_json({**found, "occurrences": coming})
        return
    _show(found, as_json)
    if found["status"] == "active":
        output().print(_coming(coming))


@commands.command(name="pause")
def pause_series(series: SeriesId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Pause a series: nothing of it starts until it is resumed. What runs goes on."""
    with connected(url, key_file) as api:
        _show(api.post(f"/api/series/{series}/pause"), as_json)


@commands.command(name="resume")
def resume_series(series: SeriesId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Have a paused series go on with its next occurrence."""
    with connected(url, key_file) as api:
        _show(api.post(f"/api/series/{series}/resume"), as_json)


def _read(file: str) -> Any:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise Failure(f"{file} is not JSON: {error}.") from None


def _show(series: Json, as_json: bool) -> None:
    if as_json:
        print_json(series)
        return
    coming = series["next_occurrence"]
    output().print(
        facts(
            {
                "id": series["id"],
                "name": series["name"],
                "status": series["status"],
                "calls": series["words"],
                "next": minute(coming["at"]) if coming else "",
                "message": series["definition"]["welcome_message"],
                "callees see": series["definition"]["caller_id"],
                "contacts": f"{series['contacts']:,}",
                "goes on for": series["split_from"] or "",
            }
        )
    )


def _table(found: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("name", overflow="fold", min_width=8)
    table.add_column("status", no_wrap=True)
    table.add_column("calls", overflow="fold")
    table.add_column("next", overflow="fold")
    for series in found:
        coming = series["next_occurrence"]
        table.add_row(
            series["id"],
            Text(plain(series["name"])),
            series["status"],
            plain(series["words"]),
            minute(coming["at"]) if coming else "",
        )
    return table


def _coming(items: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("to come", no_wrap=True)
    table.add_column("offset", no_wrap=True)
    table.add_column("campaign", overflow="fold")
    for item in items:
        table.add_row(
            item["wall"].replace("T", " "),
            item["utc_offset"],
            f"{item['campaign_id']} {item['status']}" if item["campaign_id"] else item["moved"] or "",
        )
    return table
