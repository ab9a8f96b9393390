"""`belltower upload`: a campaign of a file of numbers."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, ProgressColumn, Task, TransferSpeedColumn
from rich.spinner import Spinner

from belltower_cli.api import Api, Failure, Json
from belltower_cli.campaign_options import Message, Terms, Watch, given, with_terms
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.created import present
from belltower_cli.output import notices

_PATIENCE = 600
"""Seconds within which the API has read a file of the largest size."""


@with_terms
def upload_campaign(
    file: Annotated[
        Path, typer.Argument(help=".csv, .txt or .xlsx: one number a line, or a table with a column of numbers.")
    ],
    message: Message,
    terms: Terms,
    name: Annotated[str | None, typer.Option(help="What the campaign is called; as the file by default.")] = None,
    phone_column: Annotated[
        str | None, typer.Option(help="The title of the column of numbers; found out by default.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TITLE=FIELD",
            help="What a column becomes: a field for the message, `name` for the contact's name; TITLE= leaves it out.",
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="How its text is written, such as windows-1250; found out by default.")
    ] = None,
    watch: Watch = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Create a campaign from a file of numbers, as spreadsheets and address books export them."""
    if "retry_delays" in terms:
        terms = terms | {"retry_delays": json.dumps(terms["retry_delays"])}  # a form has texts only
    fields = terms | given(
        name=name,
        welcome_message=message,
        phone_column=phone_column,
        columns=columns(column) if column else None,
        encoding=encoding,
    )
    with connected(url, key_file) as api:
        present(api, send_file(api, "/api/campaigns/upload", file, fields), follow=watch, as_json=as_json)


def columns(options: list[str]) -> str:
    """What columns become, as the form takes it: JSON. Raises `typer.BadParameter`."""
    wanted = {}
    for option in options:
        title, equals, field = option.rpartition("=")
        if not equals or not title:
            raise typer.BadParameter(f"{option} is not TITLE=FIELD.", param_hint="--column")
        wanted[title] = field or None
    return json.dumps(wanted)


class _Stage(ProgressColumn):
    """What happens to the file."""

    def __init__(self) -> None:
        super().__init__()
        self._spinner = Spinner("dots")

    def render(self, task: Task) -> RenderableType:
        self._spinner.update(text="Being sent ..." if task.remaining else "Being read ...")
        return self._spinner.render(task.get_time())


def send_file(api: Api, to: str, path: Path, fields: Json) -> Json:
    """Send a file piece by piece, so that its size does not matter to us, and show how much has been sent."""
    console = notices()
    columns = (_Stage(), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            file = progress.open(path, "rb", description="")
        except OSError as error:
            raise Failure(f"{path} cannot be read: {error.strerror}.") from None
        with file:
            return api.post(to, timeout=_PATIENCE, data=fields, files={"file": (path.name, file)})
