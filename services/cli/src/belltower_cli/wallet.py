"""`belltower wallet`: the money, and what it went for."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import facts, instant, money, output, plain, print_json


def show_wallet(
    entries: Annotated[bool, typer.Option("--entries", help="The ledger instead, the newest entry first.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many entries at most.")] = 20,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the wallet: its balance, what calls under way may cost, what is left. --entries --json prints one on a line."""
    with connected(url, key_file) as api:
        shown = list(api.items("/api/wallet/entries", limit=limit)) if entries else [api.get("/api/wallet")]
    if as_json:
        for value in shown:
            print_json(value)
    else:
        output().print(_ledger(shown) if entries else facts(_rows(shown[0])))


def _rows(wallet: Json) -> dict[str, str | Text]:
    names = {"balance": "balance", "held": "held", "available": "available", "needed to start": "minimum_balance"}
    return {shown: money(wallet[name], wallet["currency"]) for shown, name in names.items()}


def _ledger(entries: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("when", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("of", overflow="fold")
    for entry in entries:
        of = f"call {entry['call_id']}" if entry["call_id"] else entry["note"] or ""
        table.add_row(instant(entry["at"]), entry["kind"], money(entry["amount"], entry["currency"]), Text(plain(of)))
    return table
