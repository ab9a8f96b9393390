"""What a campaign is made of, as options; what is not given is as the API has it by default."""

from datetime import datetime
from typing import Annotated, Any

import typer

from belltower.cli.api import Json

Message = Annotated[
    str,
    typer.Argument(help="What is said when somebody answers; {{field|fallback}} stands for what a contact has there."),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="When it starts, such as 2030-05-17T09:30: in --timezone, with an offset, or else in this terminal's time zone.",
    ),
]
Timezone = Annotated[str | None, typer.Option(help="The IANA name of a time zone, such as Europe/Berlin.")]
Concurrency = Annotated[int | None, typer.Option(help="Simultaneous calls.")]
Attempts = Annotated[int | None, typer.Option(help="How often a contact is rung at most.")]
RetryDelay = Annotated[int | None, typer.Option(help="Seconds between two calls to the same contact.")]
Language = Annotated[str | None, typer.Option(help="The language of the message, such as en-US.")]
Voice = Annotated[str | None, typer.Option(help="A voice of the carrier.")]
CallerId = Annotated[str | None, typer.Option(help="The number that callees see.")]
Country = Annotated[
    str | None, typer.Option(help="Where numbers without + and a country's code are at home, such as US.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Follow the campaign until it ends.")]


def start_fields(at: str | None, timezone: str | None) -> Json:
    """When a campaign starts, as the API takes it. Raises `typer.BadParameter`."""
    if at is None:
        return given(timezone=timezone)
    return {"is_scheduled": True, "scheduled_time": at if timezone else _with_offset(at)} | given(timezone=timezone)


def given(**fields: Any) -> Json:
    """Those fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def _with_offset(at: str) -> str:
    """A time of this terminal's zone with its offset. What is no such time is left as it is: the API says what is wrong."""
    try:
        written = datetime.fromisoformat(at)
    except ValueError:
        return at
    if written.tzinfo is not None or len(at) <= len("2030-05-17"):
        return at
    local = written.astimezone()
    if local.astimezone().replace(tzinfo=None) != written:  # a fixed offset has no gaps; the zone has
        raise typer.BadParameter("clocks go forward over this time; choose another.", param_hint="--at")
    return local.isoformat()
