"""`belltower download`: what became of a campaign, as a table."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from belltower_cli.api import Api, Failure
from belltower_cli.connection import KeyFile, Url, connected
from belltower_cli.output import notices
from belltower_cli.watch import CampaignId


def download_results(
    campaign: CampaignId,
    file: Annotated[
        str | None,
        typer.Argument(help="Where to, - for standard output; campaign-ID.csv here by default.", show_default=False),
    ] = None,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="What was left out of its list, instead of what became of it.")
    ] = False,
    url: Url = None,
    key_file: KeyFile = None,
) -> None:
    """Download the results of a campaign as a CSV file: everyone on its list, and what became of them."""
    target = file or f"{'rejected' if rejected else 'campaign'}-{campaign}.csv"
    with connected(url, key_file) as api, _opened(target) as written:
        _download(api, str(campaign), written, rejected=rejected)


def _download(api: Api, campaign_id: str, target: BinaryIO, *, rejected: bool) -> None:
    path = f"/api/campaigns/{campaign_id}"
    rows = api.get(f"{path}/rejected", limit=1)["total"] if rejected else api.get(path)["progress"]["total"]
    console = notices()
    columns = (TextColumn("Being written ..."), BarColumn(), MofNCompleteColumn())
    is_shown = console.is_terminal and not target.isatty()
    with (
        Progress(*columns, console=console, transient=True, disable=not is_shown) as progress,
        api.stream(f"{path}/rejected/download" if rejected else f"{path}/download") as pieces,
    ):
        task = progress.add_task("", total=rows + 1)  # the first line names the columns
        for piece in pieces:
            target.write(piece)
            progress.advance(task, piece.count(b"\n"))


@contextmanager
def _opened(target: str) -> Iterator[BinaryIO]:
    """A file that appears when it is complete; what was there before stays until then."""
    if target == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            yield file
        new.replace(path)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        new.unlink(missing_ok=True)
    typer.echo(f"Written to {path}.", err=True)
