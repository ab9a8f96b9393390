"""What a terminal shows: tables, times, money. Data goes to standard output, all that is about it to standard error."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_OF_A_PIPE = 200
"""Columns for whoever reads it later: nothing is cut off that has a usual length."""

_STYLES = {"completed": "green", "processing": "cyan", "failed": "red", "cancelled": "red", "paused": "yellow"}
_CONTACTS = {
    "successful": "reached",
    "failed": "not reached",
    "skipped": "skipped",
    "expired": "expired",
    "unknown": "unknown",
    "in_progress": "on the line",
    "waiting": "waiting",
}


def output() -> Console:
    """Standard output: in colour and as wide as the terminal, if it is one."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_PIPE)


def notices() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def complain(sentence: str) -> None:
    """Say what went wrong."""
    typer.echo(plain(sentence, keep="\n"), err=True)


def print_json(value: Mapping[str, Any]) -> None:
    """An object of the API on a line of its own."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def facts(rows: Mapping[str, str | Text]) -> Table:
    """Names and what they have; what has nothing is left out."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        if value:
            table.add_row(name, value if isinstance(value, Text) else Text(plain(value)))
    return table


def plain(text: str, *, keep: str = "") -> str:
    """Text that a terminal shows and does not obey, whoever wrote it."""
    return "".join(char if char.isprintable() or char in keep else "\N{REPLACEMENT CHARACTER}" for char in text)


def status(campaign: Mapping[str, Any]) -> Text:
    """The status, in its colour."""
    name = str(campaign["status"])
    return Text(name, style=_STYLES.get(name, ""))


def counts(progress: Mapping[str, Any]) -> str:
    """What became of the contacts, those groups that have some."""
    shown = [f"{progress[name]:,} {said}" for name, said in _CONTACTS.items() if progress[name]]
    return ", ".join(shown) or "no contacts"


def instant(text: str | None) -> str:
    """An instant of the API (RFC 3339) in the terminal's zone, which is named."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if text else ""


def minute(text: str) -> str:
    """The same without seconds, where there is little room."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def money(amount: str, currency: str) -> str:
    """An amount with its currency."""
    return f"{amount} {currency}"


def lateness(seconds: float | None) -> str:
    """How long after it was due a campaign started."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms after it was due"
    return f"{seconds:,.1f} s after it was due"
