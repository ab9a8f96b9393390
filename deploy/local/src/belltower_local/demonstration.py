"""The demo campaigns, and what is shown of a campaign while it runs."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from belltower_local.api import Api, Json, Unavailable, moment
from belltower_local.console import console
from belltower_local.packages import SetupError

CONTACTS = Path(__file__).parents[2] / "sample-contacts.csv"
FINAL = frozenset({"completed", "failed", "cancelled"})
NAME = "Demo campaign"
MESSAGE = "Hello! This is Belltower with a friendly reminder: your appointment is tomorrow at ten. Goodbye."

_OTHERS = [f"+1 202 555 {line:04d}" for line in range(130, 145)]
"""Numbers kept for fiction, as most of the sample contacts; no number is rung by two campaigns at once."""

_BEHAVIOUR = {
    "outcomes": {"answered": 8, "busy": 1, "no_answer": 1},
    "ring_seconds": [0.3, 1.5],
    "talk_seconds": [1.0, 4.0],
    "no_answer_seconds": [2.0, 3.0],
}
"""A lively telephone network: some are busy, some do not answer, nobody talks for long."""


def enliven(carrier_url: str) -> None:
    """Tell the simulated carrier how people behave."""
    httpx.put(f"{carrier_url}/_simulator/behaviour", json=_BEHAVIOUR, trust_env=False, timeout=10).raise_for_status()


def create_scheduled(api: Api, name: str, due: datetime) -> Json:
    """Make a campaign of the sample contacts that is due at an instant."""
    fields = {"name": name, "welcome_message": MESSAGE, "is_scheduled": "true", "scheduled_time": due.isoformat()}
    return api.upload(CONTACTS, fields)


def create_immediate(api: Api, name: str) -> Json:
    """Make a campaign of a few other numbers that is due at once."""
    return api.create({"name": name, "welcome_message": MESSAGE, "phone_numbers": _OTHERS})


def soon(seconds: float) -> datetime:
    """An instant a few seconds ahead."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def due_of(campaign: Json) -> datetime:
    """When a campaign was to start."""
    return moment(campaign["scheduled_time"] or campaign["created_at"])


def follow(
    api: Api, campaigns: list[Json], *, timeout: float, is_wanted: Callable[[], bool] = lambda: True
) -> list[Json]:
    """Show transitions and progress of campaigns until all are final, and return them.

    Raises `SetupError` when they are not after `timeout` seconds. Comes back at once when no longer `is_wanted`.
    """
    deadline = time.monotonic() + timeout
    seen: dict[str, int] = {}
    latest = {campaign["id"]: campaign for campaign in campaigns}
    with _progress(campaigns) as show:
        while is_wanted():
            with suppress(Unavailable):  # it was killed, perhaps, and is started again
                for campaign_id in latest:
                    campaign = latest[campaign_id] = api.campaign(campaign_id)
                    events = api.events(campaign_id)
                    for event in events[seen.get(campaign_id, 0) :]:
                        _print_transition(campaign, event)
                    seen[campaign_id] = len(events)
                    show(campaign)
            if all(campaign["status"] in FINAL for campaign in latest.values()):
                break
            if time.monotonic() > deadline:
                states = ", ".join(f"{campaign['name']} is {campaign['status']}" for campaign in latest.values())
                raise SetupError(f"The campaigns were not completed within {timeout:.0f} s: {states}.")
            time.sleep(0.25)
    return list(latest.values())


class _Lines:
    """Progress as lines, for whoever reads them later."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, float]] = {}

    def __call__(self, campaign: Json) -> None:
        """Say how far a campaign is, when that changed; at most once a second until it is final."""
        said, now = _progress_line(campaign), time.monotonic()
        before, at = self._said.get(campaign["id"], ("", 0.0))
        if said != before and (now - at >= 1 or campaign["status"] in FINAL):
            self._said[campaign["id"]] = (said, now)
            console.print(f"  {campaign['name']}: {said}", style="dim")


class _Bars:
    """Progress as bars that move, for whoever watches."""

    def __init__(self, progress: Progress, campaigns: list[Json]) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {
            campaign["id"]: progress.add_task(campaign["name"], total=campaign["progress"]["total"], said="")
            for campaign in campaigns
        }

    def __call__(self, campaign: Json) -> None:
        task = self._tasks[campaign["id"]]
        self._progress.update(task, completed=campaign["progress"]["completed"], said=_progress_line(campaign))


class _LiveBars(AbstractContextManager[_Bars]):
    def __init__(self, campaigns: list[Json]) -> None:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[said]}"),
        )
        self._progress = Progress(*columns, console=console)
        self._campaigns = campaigns

    def __enter__(self) -> _Bars:
        self._progress.start()
        return _Bars(self._progress, self._campaigns)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _progress(campaigns: list[Json]) -> AbstractContextManager[Callable[[Json], None]]:
    return _LiveBars(campaigns) if console.is_terminal else nullcontext(_Lines())


def _progress_line(campaign: Json) -> str:
    progress = campaign["progress"]
    parts = [f"{progress['completed']} of {progress['total']} done"]
    parts += [f"{progress[name]} {said}" for name, said in _SHOWN.items() if progress.get(name)]
    return ", ".join(parts)


_SHOWN = {
    "in_progress": "on the line",
    "successful": "reached",
    "failed": "not reached",
    "skipped": "skipped",
    "unknown": "unknown",
}


def _print_transition(campaign: Json, event: Json) -> None:
    at = moment(event["at"])
    before = event.get("from") or "new"
    late = ""
    if event["to"] == "processing" and before in {"scheduled", "pending"}:
        late = f", {lateness(due_of(campaign), at)} after it was due"
    by = f" by {event['actor']}" if event.get("actor") else ""
    why = f" ({event['reason']})" if event.get("reason") else ""
    console.print(f"{clock(at)}  {campaign['name']}: {before} -> [bold]{event['to']}[/bold]{by}{late}{why}")


def clock(at: datetime) -> str:
    """A time of day, in the zone of this machine, to the millisecond."""
    return at.astimezone().strftime("%H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def lateness(due: datetime, at: datetime) -> str:
    """How long after its due instant something happened."""
    milliseconds = (at - due) / timedelta(milliseconds=1)
    return f"{milliseconds:,.0f} ms"
