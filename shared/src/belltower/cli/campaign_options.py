"""What a campaign is made of, as options; what is not given is as the API has it by default."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer

from belltower.cli.api import Json
from belltower.cli.hours import Holidays, Hours, window

Message = Annotated[
    str,
    typer.Argument(help="What is said when somebody answers; {{field|fallback}} stands for what a contact has there."),
]
Terms = Json
"""What a campaign is made of, beside its name, its message and whom it rings, as the API takes it."""

At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="When it starts, such as 2030-05-17T09:30: in --timezone, with an offset, or else in this terminal's time zone.",
    ),
]
Timezone = Annotated[str | None, typer.Option(help="The IANA name of a time zone, such as Europe/Berlin.")]
Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="TIME", help="When its time is over and nobody is called any more, written as --at."
    ),
]
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


def with_terms(command: Callable[..., None]) -> Callable[..., None]:
    """Have a command take the options of every new campaign, where it has `terms: Terms`, and be given what they say."""

    @wraps(command)
    def run(**options: Any) -> None:
        terms = _terms(**{name: options.pop(name) for name in signature(_terms).parameters})
        command(**options, terms=terms)

    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        parameters += signature(_terms).parameters.values() if name == "terms" else [parameter]
    run.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {
        **get_type_hints(command, include_extras=True),
        **get_type_hints(_terms, include_extras=True),
        "return": None,
    }
    return run


def _terms(
    at: At = None,
    timezone: Timezone = None,
    until: Until = None,
    hours: Hours = None,
    holiday: Holidays = None,
    country: Country = None,
    concurrency: Concurrency = None,
    attempts: Attempts = None,
    retry_delay: RetryDelay = None,
    language: Language = None,
    voice: Voice = None,
    caller_id: CallerId = None,
) -> Terms:
    own = window(hours, holiday)
    return start_fields(at, timezone, until) | given(
        calling_window=None if own is None else json.dumps(own),  # as a form has it, which JSON may have, too
        default_country=country,
        concurrency=concurrency,
        max_attempts=attempts,
        retry_delay=retry_delay,
        language=language,
        voice=voice,
        caller_id=caller_id,
    )


def start_fields(at: str | None, timezone: str | None, until: str | None = None) -> Json:
    """When a campaign starts and is over, as the API takes it. Raises `typer.BadParameter`."""
    ends = given(timezone=timezone, expires_at=until if timezone or until is None else _with_offset(until, "--until"))
    if at is None:
        return ends
    return {"is_scheduled": True, "scheduled_time": at if timezone else _with_offset(at, "--at")} | ends


def given(**fields: Any) -> Json:
    """Those fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def _with_offset(at: str, option: str) -> str:
    """A time of this terminal's zone with its offset. What is no such time is left as it is: the API says what is wrong."""
    try:
        written = datetime.fromisoformat(at)
    except ValueError:
        return at
    if written.tzinfo is not None or len(at) <= len("2030-05-17"):
        return at
    local = written.astimezone()
    if local.astimezone().replace(tzinfo=None) != written:  # a fixed offset has no gaps; the zone has
        raise typer.BadParameter("clocks go forward over this time; choose another.", param_hint=option)
    return local.isoformat()
