"""`belltower calling-hours`: when the people whom the account calls may be called."""

from typing import Annotated

import typer

from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.hours import Holidays, Hours, shown, window
from belltower_cli.output import facts, output, print_json

_SAID = {"closed": "not called", "open": "called at any time"}


def calling_hours(
    hours: Hours = None,
    holiday: Holidays = None,
    always: Annotated[bool, typer.Option("--always", help="People may be called at any time.")] = False,
    unknown_zone: Annotated[
        str | None,
        typer.Option(
            metavar="closed|open|ZONE",
            help="Numbers that do not tell their time zone: not called, called at any time, or taken to be in a zone.",
        ),
    ] = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the account's calling hours, or replace them. From then on no call passes that the new ones do not allow."""
    wanted = window(hours, holiday)
    if always and wanted is not None:
        raise typer.BadParameter("--always is all hours of all days; leave --hours and --holiday out.")
    with connected(url, key_file) as api:
        found = api.get("/api/calling-hours")
        if always or wanted is not None:
            found["calling_window"] = wanted
        if unknown_zone is not None:
            found["unknown_zone"] = unknown_zone
        if always or wanted is not None or unknown_zone is not None:
            found = api.put("/api/calling-hours", json=found)
    if as_json:
        print_json(found)
        return
    zone = found["unknown_zone"]
    rows = {
        "people are called": shown(found["calling_window"]),
        "unknown zones": _SAID.get(zone, f"taken to be {zone}"),
    }
    output().print(facts(rows))
