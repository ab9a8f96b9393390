"""`belltower verify`: looks at everything in the database, says in words what does not hold, and mends what it is told to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.accounts import choose_account
from belltower.db.audit import MOST, RULES, Finding, Unfinished, audit
from belltower.db.repair import repair
from belltower.runtime.settings import LogSettings
from belltower.runtime.telemetry import configure_logging
from belltower_cli.database import run
from belltower_cli.output import complain, notices, output

CLEAN, FOUND, COULD_NOT = 0, 1, 2
"""Exit statuses."""
_SHOWN = 20
"""Findings of one rule that a person is shown; --json has them all."""


@dataclass(slots=True)
class _Seen:
    """What was found, and what could not be looked at in time."""

    findings: list[Finding]
    unfinished: Unfinished | None = None


def verify_database(account: str, *, repairs: bool, as_json: bool, time_limit: float) -> None:
    """Look, say what was found, repair what can be if that is wanted, and end the process with what came of it."""
    if repairs:
        structlog.contextvars.clear_contextvars()
        configure_logging(LogSettings(log_level="warning"), service="verify")
    seen, remaining = run(lambda engine: _verify(engine, account, repairs, as_json, time_limit), status=COULD_NOT)
    if seen.unfinished is not None:
        complain(str(seen.unfinished))
        raise typer.Exit(COULD_NOT)
    raise typer.Exit(FOUND if remaining else CLEAN)


async def _verify(
    engine: AsyncEngine, account: str, repairs: bool, as_json: bool, time_limit: float
) -> tuple[_Seen, int]:
    seen = await _look(engine, account, time_limit)
    _show(seen, as_json=as_json)
    remaining = len(seen.findings)
    if repairs:
        for finding in seen.findings:
            if finding.is_repairable:
                done = await repair(engine, finding)
                remaining -= 1
                _say_repaired(finding, done=done, as_json=as_json)
    return seen, remaining


async def _look(engine: AsyncEngine, account: str, time_limit: float) -> _Seen:
    async with engine.connect() as connection:
        chosen = (await choose_account(connection, account)).id if account else None
        await connection.rollback()
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            console=notices(),
            transient=True,
            disable=not notices().is_terminal,
        ) as bar:
            task = bar.add_task("", total=1)

            def progress(look: str, done: int, of: int) -> None:
                bar.update(task, description=look.replace("_", " "), completed=done, total=of)

            try:
                return _Seen(await audit(connection, account=chosen, time_limit=time_limit, progress=progress))
            except Unfinished as unfinished:
                return _Seen(list(unfinished.findings), unfinished)


def _show(seen: _Seen, *, as_json: bool) -> None:
    if as_json:
        for finding in seen.findings:
            typer.echo(json.dumps(_as_object(finding)))
        return
    console = output()
    for name, found in groupby(sorted(seen.findings, key=attrgetter("rule")), key=attrgetter("rule")):
        _show_rule(console, name, list(found))
    if seen.findings:
        repairable = sum(finding.is_repairable for finding in seen.findings)
        console.print(f"{len(seen.findings):,} found; `belltower verify --repair` mends {repairable:,} of them.")
    elif seen.unfinished is None:
        console.print(f"All {len(RULES)} rules hold.")


def _show_rule(console: Console, name: str, found: Sequence[Finding]) -> None:
    rule = RULES[name]
    number = f"{len(found):,}" if len(found) < MOST else f"{MOST:,} or more"
    console.print(Text.assemble((rule.wrong, "bold"), f" ({name}: {number})"))
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found[:_SHOWN]:
        table.add_row(Text(finding.subject), Text(finding.detail))
    console.print(table)
    if len(found) > _SHOWN:
        console.print(f"... and {len(found) - _SHOWN:,} more; --json has them.")
    console.print(Text(rule.remedy, style="dim"))
    console.print()


def _say_repaired(finding: Finding, *, done: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_as_object(finding) | {"repaired": done}))
    else:
        typer.echo(
            f"{'Repaired' if done else 'Not so any more'}: {finding.subject}, {finding.detail} ({finding.rule})."
        )


def _as_object(finding: Finding) -> dict[str, str | bool]:
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "detail": finding.detail,
        "wrong": RULES[finding.rule].wrong,
        "remedy": RULES[finding.rule].remedy,
        "is_repairable": finding.is_repairable,
    }
