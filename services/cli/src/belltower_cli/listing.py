"""`belltower list`: the campaigns."""

from itertools import chain
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from belltower.domain.campaign import CampaignStatus
from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import minute, output, plain, print_json, status


def list_campaigns(
    only: Annotated[CampaignStatus | None, typer.Option("--status", help="Only those with this status.")] = None,
    search: Annotated[str | None, typer.Option(help="Only those with this in their name, in any case.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Those that were archived instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="All of them, however many.")] = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """List the campaigns, the newest first. --json prints one on a line."""
    with connected(url, key_file) as api:
        campaigns = api.items(
            "/api/campaigns",
            limit=None if everything else limit,
            status=only,
            search=search,
            archived=archived or None,
        )
        if as_json:
            for campaign in campaigns:
                print_json(campaign)
        elif (first := next(campaigns, None)) is None:
            output().print("There is no such campaign.")
        else:
            output().print(_table(list(chain([first], campaigns))))


def _table(campaigns: list[Json]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("name", overflow="fold", min_width=8)
    table.add_column("status", no_wrap=True)
    table.add_column("reached", justify="right", no_wrap=True)
    table.add_column("starts", overflow="fold")
    for campaign in campaigns:
        progress = campaign["progress"]
        table.add_row(
            campaign["id"],
            Text(plain(campaign["name"])),
            status(campaign),
            f"{progress['successful']:,} of {progress['total']:,}",
            minute(campaign["started_at"] or campaign["scheduled_time"] or campaign["created_at"]),
        )
    return table
