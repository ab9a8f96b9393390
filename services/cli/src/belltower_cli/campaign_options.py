"""What a campaign is made of, as options; what is not given is as the API has it by default."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer

from belltower_cli.api import Json
from belltower_cli.hours import Holidays, Hours, window

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
BusyDelay = Annotated[str | None, typer.Option(metavar="SECONDS|never", help="The same after a busy line.")]
NoAnswerDelay = Annotated[str | None, typer.Option(metavar="SECONDS|never", help="The same when nobody answered.")]
VoicemailDelay = Annotated[
    str | None, typer.Option(metavar="SECONDS|never", help="The same after hanging up on a machine.")
]
FailedDelay = Annotated[str | None, typer.Option(metavar="SECONDS|never", help="The same when the call failed.")]
Backoff = Annotated[
    float | None, typer.Option(help="What the delay is multiplied by for each attempt after the first, such as 2.")
]
Machine = Annotated[
    str | None, typer.Option(help="When a machine answers: treat_as_answered, leave_message or hang_up.")
]
Rate = Annotated[int | None, typer.Option(help="New calls in any second at most.")]
MisfireGrace = Annotated[
    int | None,
    typer.Option(
        help="Seconds after --at within which it still starts by itself if nothing ran then; later it is paused."
    ),
]
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
    calls_per_second: Rate = None,
    retry_delay: RetryDelay = None,
    busy_delay: BusyDelay = None,
    no_answer_delay: NoAnswerDelay = None,
    voicemail_delay: VoicemailDelay = None,
    failed_delay: FailedDelay = None,
    backoff: Backoff = None,
    answering_machine: Machine = None,
    misfire_grace: MisfireGrace = None,
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
        calls_per_second=calls_per_second,
        retry_delay=retry_delay,
        retry_delays=_delays(
            busy=busy_delay, no_answer=no_answer_delay, voicemail=voicemail_delay, failed=failed_delay
        ),
        retry_backoff=backoff,
        answering_machine=answering_machine,
        misfire_grace=misfire_grace,
        language=language,
        voice=voice,
        caller_id=caller_id,
    )


def _delays(**options: str | None) -> Json | None:
    """The delays by how a call ended, as the API takes them; None: none was given. Raises `typer.BadParameter`."""
    found: Json = {}
    for ended, said in options.items():
        if said is None:
            continue
        if said != "never" and not said.isdecimal():
            hint = f"--{ended.replace('_', '-')}-delay"
            raise typer.BadParameter(f"{said} is neither a number of seconds nor never.", param_hint=hint)
        found[ended] = None if said == "never" else int(said)
    return found or None


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
