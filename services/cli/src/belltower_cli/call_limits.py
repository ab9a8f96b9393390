"""`belltower call-limits`: what bounds the calls of all the account's campaigns together."""

import re
from typing import Annotated

import typer

from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import facts, output, print_json

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_CAP = re.compile(r"(\d{1,6})/(\d{1,8})([smhd])", re.ASCII)
_BREAKER = re.compile(r"(\d{1,3})%/(\d{1,4})/(\d{1,6})([smhd])", re.ASCII)


def call_limits(
    at_once: Annotated[str | None, typer.Option(metavar="N|none", help="Simultaneous calls.")] = None,
    per_second: Annotated[str | None, typer.Option(metavar="N|none", help="New calls in any second.")] = None,
    caller_id: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="The two before bound calls from this number, and not all of the account."),
    ] = None,
    cap: Annotated[
        str | None,
        typer.Option(metavar="CALLS/PERIOD|none", help="How often one number may be called, such as 3/7d."),
    ] = None,
    breaker: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE/CALLS/PERIOD|none",
            help="When a campaign is paused whose calls fail, such as 50%/20/120s: half of the last 20 within 120 s.",
        ),
    ] = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the account's limits, or change those that are given. Calls that are placed from then on obey the new ones."""
    wanted = {"max_concurrent_calls": at_once, "calls_per_second": per_second}
    bounds = {name: _number(text) for name, text in wanted.items() if text is not None}
    if caller_id is not None and not bounds:
        raise typer.BadParameter("Say what bounds it, with --at-once or --per-second.", param_hint="--caller-id")
    rules = {
        name: read(text)
        for name, read, text in (("frequency_cap", read_cap, cap), ("circuit_breaker", read_breaker, breaker))
        if text is not None
    }
    with connected(url, key_file) as api:
        found = api.get("/api/call-limits")
        if bounds or rules:
            changed = (
                bounds if caller_id is None else {"caller_ids": changed_number(found["caller_ids"], caller_id, bounds)}
            )
            found = api.put("/api/call-limits", json=found | changed | rules)
    if as_json:
        print_json(found)
    else:
        output().print(facts(_shown(found)))


def read_cap(text: str) -> Json | None:
    """`3/7d`: three calls in seven days; `none`: no cap. Raises `typer.BadParameter`."""
    if text == "none":
        return None
    found = _CAP.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is neither like 3/7d nor none.", param_hint="--cap")
    return {"calls": int(found[1]), "period": int(found[2]) * _UNITS[found[3]]}


def read_breaker(text: str) -> Json | None:
    """`50%/20/120s`: half of the last 20 calls within 120 seconds; `none`: never. Raises `typer.BadParameter`."""
    if text == "none":
        return None
    found = _BREAKER.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is neither like 50%/20/120s nor none.", param_hint="--breaker")
    within = int(found[3]) * _UNITS[found[4]]
    return {"failed_share": int(found[1]) / 100, "window_calls": int(found[2]), "within": within}


def _number(text: str) -> int | None:
    if text == "none":
        return None
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is neither a whole number nor none.")
    return int(text)


def changed_number(held: list[Json], caller_id: str, bounds: Json) -> list[Json]:
    """The limits of single numbers with those of one changed; a number that nothing bounds any more is not kept."""
    same = "".join(caller_id.split())
    others = [each for each in held if each["caller_id"] != same]
    own = {"caller_id": same} | next((each for each in held if each["caller_id"] == same), {}) | bounds
    return [*others, own] if own.get("max_concurrent_calls") or own.get("calls_per_second") else others


def _shown(limits: Json) -> dict[str, str]:
    cap, breaker = limits["frequency_cap"], limits["circuit_breaker"]
    numbers = {f"from {each['caller_id']}": _bounds(each) for each in limits["caller_ids"]}
    return {
        "all calls": _bounds(limits),
        **numbers,
        "one number": f"at most {cap['calls']:,} calls in {duration(cap['period'])}"
        if cap
        else "as often as campaigns call it",
        "failing calls": (
            f"pause a campaign when {breaker['failed_share']:.0%} of its last {breaker['window_calls']} calls failed within"
            f" {duration(breaker['within'])}"
            if breaker
            else "pause no campaign"
        ),
    }


def _bounds(limits: Json) -> str:
    at_once, rate = limits.get("max_concurrent_calls"), limits.get("calls_per_second")
    said = [f"{at_once:,} at once"] if at_once else []
    return ", ".join([*said, f"{rate:,} a second"] if rate else said) or "no limit"


def duration(seconds: int) -> str:
    """A period in its largest whole unit: `7 d`."""
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]:,} {unit}"
