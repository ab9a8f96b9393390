"""`belltower caller`: the number that people see, and who speaks with them."""

from typing import Annotated

import typer

from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import facts, output, print_json


def caller(
    caller_id: Annotated[
        str | None,
        typer.Option(metavar="NUMBER|none", help="What people see when a campaign names no number of its own."),
    ] = None,
    voice_agent: Annotated[
        str | None,
        typer.Option(metavar="URL|none", help="Who speaks with people: wss://... With none the message is spoken."),
    ] = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show who calls for the account, or change what is given. It holds for campaigns that begin from then on."""
    wanted = {"caller_id": caller_id, "voice_agent": voice_agent}
    changed = {name: None if text == "none" else text for name, text in wanted.items() if text is not None}
    with connected(url, key_file) as api:
        found = api.get("/api/caller")
        if changed:
            found = api.put("/api/caller", json=found | changed)
    if as_json:
        print_json(found)
    else:
        output().print(facts(_shown(found)))


def _shown(found: Json) -> dict[str, str]:
    return {
        "caller id": found["caller_id"] or "none: each campaign names one",
        "who speaks": found["voice_agent"] or "the message",
    }
