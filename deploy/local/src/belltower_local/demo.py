"""`make demo`: two campaigns from start to end, what happened when, and nothing left behind."""

import time
from datetime import datetime
from pathlib import Path

import httpx
from rich.table import Table

from belltower_local import demonstration, ports
from belltower_local.api import Api, Json, moment
from belltower_local.console import console
from belltower_local.demonstration import clock, due_of, lateness
from belltower_local.folder import Folder
from belltower_local.packages import SetupError
from belltower_local.run import StopRequested, stoppable, undisturbed
from belltower_local.stack import Stack

DUE_IN = 4.0
_OUR_WORDS = {"no-answer": "no_answer", "in-progress": "in_progress", "canceled": "cancelled"}
"""The carrier's spellings, in our own."""

PATIENCE = 120.0
"""Seconds within which both campaigns must be completed."""


def demo(checkout: Path) -> None:
    """Run an immediate and a scheduled campaign beside whatever else runs, and print their timeline and a summary.

    Raises `SetupError` with a sentence when anything went wrong.
    """
    folder = Folder(checkout / ".run" / "demo")
    if not folder.hold():
        raise SetupError("Another `make demo` runs in this checkout. Let it end first.")
    folder.end_leftovers()
    folder.wipe()
    stack = Stack(folder, api_port=ports.any_free())
    completed = False
    try:
        with stoppable():
            began = time.monotonic()
            console.print("Starting Postgres, RabbitMQ and Belltower's services ...")
            stack.start()
            demonstration.enliven(stack.carrier_url)
            console.print(f"Everything is up after {time.monotonic() - began:.1f} s.\n")
            with Api(stack.api_url, stack.memory.api_key) as api:
                _run_campaigns(api, stack.carrier_url)
            completed = True
    except StopRequested:
        raise SetupError("The demo was stopped before its end.") from None
    finally:
        with undisturbed():
            stack.stop()
            if completed:
                folder.discard()
            else:
                folder.release()
                console.print(f"The logs are in {folder.logs}/")


def _run_campaigns(api: Api, carrier_url: str) -> None:
    scheduled = demonstration.create_scheduled(api, "Scheduled", demonstration.soon(DUE_IN))
    immediate = demonstration.create_immediate(api, "Immediate")
    campaigns = demonstration.follow(api, [immediate, scheduled], timeout=PATIENCE)
    calls = {campaign["id"]: api.calls(campaign["id"]) for campaign in campaigns}
    console.print()
    console.print(timeline([(campaign, api.events(campaign["id"]), calls[campaign["id"]]) for campaign in campaigns]))
    console.print(summary(campaigns, calls))
    wallet = api.wallet()
    console.print(f"The wallet holds {wallet['balance']} {wallet['currency']}.")
    _check(campaigns, calls, carrier_url)
    console.print("Every contact is accounted for, and the carrier's own log of calls says the same as ours.")


def timeline(campaigns: list[tuple[Json, list[Json], list[Json]]]) -> Table:
    """When each campaign was due, and how much later everything else happened."""
    table = Table(title="Timeline (local time; then how long after it was due)")
    table.add_column("")
    rows: dict[str, list[str]] = {name: [] for name in ("due", "announced", "taken", "first ring", "completed")}
    for campaign, events, calls in campaigns:
        table.add_column(campaign["name"], justify="right")
        due = due_of(campaign)
        rows["due"].append(clock(due))
        moments = {
            "announced": _first(events, "pending"),
            "taken": _first(events, "processing"),
            "first ring": min((moment(call["ringing_at"]) for call in calls if call.get("ringing_at")), default=None),
            "completed": moment(campaign["completed_at"]) if campaign.get("completed_at") else None,
        }
        for name, at in moments.items():
            rows[name].append(f"{clock(at)}  {lateness(due, at):>10}" if at else "never")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def summary(campaigns: list[Json], calls: dict[str, list[Json]]) -> Table:
    """What became of the contacts of each campaign."""
    table = Table(title="Summary")
    for heading in ("campaign", "status", "contacts", "reached", "not reached", "skipped", "unknown", "calls"):
        table.add_column(heading, justify="left" if heading in {"campaign", "status"} else "right")
    for campaign in campaigns:
        progress = campaign["progress"]
        numbers = [progress[name] for name in ("total", "successful", "failed", "skipped", "unknown")]
        table.add_row(campaign["name"], campaign["status"], *map(str, numbers), str(len(calls[campaign["id"]])))
    return table


def _check(campaigns: list[Json], calls: dict[str, list[Json]], carrier_url: str) -> None:
    """Compare what the API says with itself and with what the carrier knows. Raises `SetupError` where they differ."""
    for campaign in campaigns:
        progress = campaign["progress"]
        if campaign["status"] != "completed":
            raise SetupError(f"{campaign['name']} is {campaign['status']}: {campaign.get('status_reason')}")
        if progress["completed"] != progress["total"]:
            raise SetupError(
                f"{campaign['name']} is completed, but {progress['completed']} of {progress['total']} are done."
            )
    ours = {call["id"]: call["status"] for made in calls.values() for call in made if call["status"] != "not_placed"}
    answer = httpx.get(f"{carrier_url}/_simulator/calls", params={"limit": 10_000}, trust_env=False, timeout=10)
    calls_there = answer.raise_for_status().json()["items"]
    theirs = {call["attempt_id"]: _OUR_WORDS.get(call["status"], call["status"]) for call in calls_there}
    if ours != theirs or len(calls_there) != len(theirs):
        differing = sum(ours.get(call) != theirs.get(call) for call in ours.keys() | theirs.keys())
        raise SetupError(
            f"Belltower knows of {len(ours)} calls, the carrier of {len(calls_there)}; {differing} differ."
        )


def _first(events: list[Json], status: str) -> datetime | None:
    return next((moment(event["at"]) for event in events if event["to"] == status), None)
