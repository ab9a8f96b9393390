"""`belltower unknown`: calls that nobody could account for, and what is decided about them."""

from itertools import chain
from typing import Annotated, Literal
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from belltower_cli.api import Json
from belltower_cli.campaign_options import given
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import facts, instant, minute, money, output, plain, print_json

app = typer.Typer(
    help="Calls of which nobody knows what became: see them, have people rung again, or give them up.",
    no_args_is_help=True,
)

CallId = Annotated[str, typer.Argument(metavar="ID", help="The call's id; `belltower unknown list` shows it.")]
CallIds = Annotated[list[str] | None, typer.Argument(metavar="ID...", help="The calls' ids.", show_default=False)]
OfCampaign = Annotated[
    UUID | None,
    typer.Option("--campaign", help="All of this campaign that wait for a decision.", show_default=False),
]
Note = Annotated[str | None, typer.Option(help="Why; kept with the decision.", show_default=False)]
Sure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_AT_ONCE = 500
"""Calls that the API takes in a request."""
_DECIDED = {"redial": "rung again", "give_up": "given up"}
_SAW = {
    "in_doubt": "it could not be told yet",
    "denied": "the carrier did not know the call",
    "carrier_unavailable": "the carrier did not answer",
    "not_placed": "it was not placed",
    "unknown": "given up to find out",
}


@app.command(name="list")
def list_calls(
    decided: Annotated[bool, typer.Option("--decided", help="Those with a decision instead.")] = False,
    campaign: Annotated[UUID | None, typer.Option(help="Only calls of this campaign.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them, however many.")] = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List the calls that wait for a decision, those first that have waited longest. --json prints one on a line."""
    with connected(url, key_file) as api:
        calls = api.items(
            "/api/unknown-calls",
            limit=None if everything else limit,
            state="decided" if decided else None,
            campaign_id=campaign,
        )
        if as_json:
            for call in calls:
                print_json(call)
        elif (first := next(calls, None)) is None:
            output().print("Nothing was decided yet." if decided else "No call waits for a decision.")
        else:
            output().print(_table(list(chain([first], calls))))


@app.command(name="show")
def show_call(call: CallId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Show a call with the evidence: what was asked of the carrier, how it was looked for, what was said about it."""
    with connected(url, key_file) as api:
        found = api.get(f"/api/unknown-calls/{call}")
    if as_json:
        print_json(found)
        return
    output().print(facts(_rows(found)))
    output().print(_evidence(found))


@app.command(name="redial")
def redial_calls(
    ids: CallIds = None,
    campaign: OfCampaign = None,
    note: Note = None,
    sure: Sure = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Have people rung again, by a new campaign for each that the calls are of. They may have been rung already.

    Fails when a call was refused; the others are decided about all the same.
    """
    _decide("redial", ids or [], campaign, note, sure, url, key_file, as_json)


@app.command(name="give-up")
def give_up_calls(
    ids: CallIds = None,
    campaign: OfCampaign = None,
    note: Note = None,
    sure: Sure = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Have nobody rung again for these calls, and free what is held for them.

    Fails when a call was refused; the others are decided about all the same.
    """
    _decide("give_up", ids or [], campaign, note, sure, url, key_file, as_json)


def _decide(
    decision: Literal["redial", "give_up"],
    ids: list[str],
    campaign: UUID | None,
    note: str | None,
    sure: bool,
    url: Url,
    key_file: KeyFile,
    as_json: bool,
) -> None:
    if bool(ids) == (campaign is not None):
        raise typer.BadParameter("Name calls by their ids, or a campaign by --campaign.")
    refused = 0
    with connected(url, key_file) as api:
        if campaign is not None:
            waiting = api.items("/api/unknown-calls", limit=None, campaign_id=campaign)
            ids = [call["id"] for call in waiting]
        if not ids:
            output().print("No call of this campaign waits for a decision.")
            return
        if decision == "redial" and not sure:
            typer.confirm(f"Ring {len(ids):,} again? They may have been rung already.", abort=True, err=True)
        for start in range(0, len(ids), _AT_ONCE):
            wanted = given(decision=decision, note=note, ids=ids[start : start + _AT_ONCE])
            answer = api.post("/api/unknown-calls/decisions", json=wanted)
            refused += answer["refused"]
            for result in answer["results"]:
                if as_json:
                    print_json(result)
                else:
                    output().print(_line(decision, result), soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _line(decision: str, result: Json) -> Text:
    if result["problem"] is not None:
        return Text(plain(f"{result['id']}  {result['problem']['detail']}"), style="red")
    by = f" by campaign {result['campaign_id']}" if result["campaign_id"] else ""
    return Text(f"{result['id']}  {_DECIDED[decision]}{by}")


def _table(calls: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("number", no_wrap=True)
    table.add_column("campaign", overflow="fold", min_width=8)
    table.add_column("called", no_wrap=True)
    table.add_column("decision", overflow="fold")
    for call in calls:
        table.add_row(
            call["id"],
            call["to"],
            Text(plain(call["campaign_name"])),
            minute(call["placed_at"]),
            Text(plain(_said(call))),
        )
    return table


def _said(call: Json) -> str:
    decision = call["decision"]
    if decision is None:
        return "waits"
    again = f" ({decision['contact_status']})" if decision["contact_status"] else ""
    later = f"; the carrier says {call['status']}" if call["status"] != "unknown" else ""
    return f"{_DECIDED[decision['decision']]}{again}{later}"


def _rows(call: Json) -> dict[str, str | Text]:
    decision, request = call["decision"], call["request"]
    name = f" ({call['contact_name']})" if call["contact_name"] else ""
    rows: dict[str, str | Text] = {
        "id": call["id"],
        "number": f"{call['to']}{name}",
        "campaign": f"{call['campaign_name']} ({call['campaign_id']})",
        "callees see": call["caller_id"],
        "status": call["status"],
        "why": call["reason"] or "",
        "held for it": money(call["hold"], call["currency"]),
        "let through": instant(call["placed_at"]),
        "sent until": instant(request["send_by"]),
        "request ended": instant(request["ended_at"]) or "nobody saw it end",
        "it came to": request["result"] or "",
        "carrier's id": call["carrier_call_id"] or "",
        "unknown since": instant(call["unknown_since"]),
    }
    if decision is None:
        return {**rows, "decision": "waits for one"}
    return {
        **rows,
        "decision": f"{_DECIDED[decision['decision']]}, by {decision['decided_by']}",
        "decided": instant(decision["decided_at"]),
        "note": decision["note"] or "",
        "freed": money(decision["freed"], call["currency"]),
        "rung again by": decision["campaign_id"] or "",
        "what came of it": decision["contact_status"] or "",
    }


def _evidence(call: Json) -> Table:
    """What was seen and said, in the order in which it was."""
    happened = [(look["first_at"], _look(look)) for look in call["looks"]]
    happened += [
        (report["received_at"], f"{report['source']}: {report['status']} ({report['effect']})")
        for report in call["reports"]
    ]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("when", no_wrap=True)
    table.add_column("what", overflow="fold")
    for at, what in sorted(happened):
        table.add_row(instant(at), Text(plain(what)))
    return table


def _look(look: Json) -> str:
    said = _SAW[look["result"]]
    if look["calls"]:
        listed = ", ".join(
            f"{call['carrier_call_id']} {call['status']}{', another call of ours' if call['taken'] else ''}"
            for call in look["calls"]
        )
        said += f"; it had {listed}"
    elif look["asked"] == "list" and look["calls"] is not None:
        said += "; it had no such call"
    if look["other_calls_in_doubt"]:
        said += f"; {look['other_calls_in_doubt']:,} other calls to this number were in doubt"
    if look["error"]:
        said += f": {look['error']}"
    times = f" ({look['times']:,} times, until {instant(look['last_at'])})" if look["times"] > 1 else ""
    return f"looked for it: {said}{times}"
