"""`belltower watch`: a campaign live, until it ends."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from belltower.domain.campaign import CampaignStatus
from belltower_cli.api import Api, Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.following import Lost, follow
from belltower_cli.output import complain, counts, instant, lateness, output, plain, print_json, status

_INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

CampaignId = Annotated[UUID, typer.Argument(metavar="ID", help="The campaign's id; `belltower list` shows it.")]


def watch_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Follow a campaign live until it ends. The exit status is 0 when it is completed, 1 when it failed or was cancelled.

    Ctrl-C ends the watching; the campaign goes on. --json prints the campaign at every change, on a line each.
    """
    with connected(url, key_file) as api:
        watch(api, str(campaign), as_json=as_json)


def watch(api: Api, campaign_id: str, *, as_json: bool) -> None:
    """Show a campaign until it is final. Raises `typer.Exit` unless it was completed, and `Failure`."""
    reached = ""
    try:
        with _display(as_json) as show:
            for state in follow(api, campaign_id):
                show(state)
                if not isinstance(state, Lost):
                    reached = state["status"]
    except KeyboardInterrupt:
        complain(f"The campaign goes on. Watch it again with: belltower watch {campaign_id}")
        raise typer.Exit(_INTERRUPTED) from None
    if reached != CampaignStatus.COMPLETED:
        raise typer.Exit(1)


def _display(as_json: bool) -> AbstractContextManager[Callable[[Json | Lost], None]]:
    """A picture that moves, for whoever sits before it; else lines."""
    if as_json:
        return nullcontext(_print_state)
    return _live() if output().is_terminal else nullcontext(_print_line)


@contextmanager
def _live() -> Iterator[Callable[[Json | Lost], None]]:
    view = _View()
    with Live(get_renderable=view.render, console=output(), refresh_per_second=8):
        yield view.take


class _View:
    """What is shown of a campaign while it runs."""

    def __init__(self) -> None:
        self.campaign: Json | None = None
        self.lost = ""

    def take(self, state: Json | Lost) -> None:
        """Show this from now on."""
        if isinstance(state, Lost):
            self.lost = state.why
        else:
            self.campaign, self.lost = state, ""

    def render(self) -> Group:
        """The picture of this moment."""
        if self.campaign is None:
            return Group(Text("Looking at the campaign ...", style="dim"))
        progress = self.campaign["progress"]
        heading = Text.assemble(
            (plain(self.campaign["name"]), "bold"), "  ", status(self.campaign), "  ", _when(self.campaign)
        )
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(progress["total"], progress["completed"], width=40),
            f"{progress['completed']:,} of {progress['total']:,}",
        )
        lines: list[RenderableType] = [heading, bar, Text(counts(progress))]
        if self.campaign["status_reason"]:
            lines.append(Text(plain(self.campaign["status_reason"]), style="yellow"))
        if self.lost:
            lines.append(Text(f"{plain(self.lost)} Trying again ...", style="yellow"))
        return Group(*lines)


def _print_line(state: Json | Lost) -> None:
    if isinstance(state, Lost):
        complain(f"{state.why} Trying again ...")
        return
    progress = state["progress"]
    done = f"{progress['completed']:,} of {progress['total']:,} done ({counts(progress)})"
    parts = (state["status"], done, _when(state), state["status_reason"])
    typer.echo(plain(", ".join(filter(None, parts))))


def _print_state(state: Json | Lost) -> None:
    if isinstance(state, Lost):
        complain(f"{state.why} Trying again ...")
    else:
        print_json(state)


def _when(campaign: Json) -> str:
    if campaign["started_at"]:
        return f"started {lateness(campaign['start_lateness'])}"
    if campaign["scheduled_time"]:
        return f"starts at {instant(campaign['scheduled_time'])}"
    return ""
