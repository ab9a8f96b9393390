"""`belltower create`: a campaign of numbers that are typed."""

from typing import Annotated

import typer

from belltower.cli.campaign_options import (
    At,
    Attempts,
    CallerId,
    Concurrency,
    Country,
    Language,
    Message,
    RetryDelay,
    Timezone,
    Voice,
    Watch,
    given,
    start_fields,
)
from belltower.cli.connection import AsJson, KeyFile, Url, connected
from belltower.cli.created import present


def create_campaign(
    name: Annotated[str, typer.Argument(help="What the campaign is called.")],
    message: Message,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="Whom it rings, such as +12025550143.")],
    at: At = None,
    timezone: Timezone = None,
    country: Country = None,
    concurrency: Concurrency = None,
    attempts: Attempts = None,
    retry_delay: RetryDelay = None,
    language: Language = None,
    voice: Voice = None,
    caller_id: CallerId = None,
    watch: Watch = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Create a campaign that rings some numbers, now or at a time."""
    fields = start_fields(at, timezone) | given(
        name=name,
        welcome_message=message,
        phone_numbers=numbers,
        default_country=country,
        concurrency=concurrency,
        max_attempts=attempts,
        retry_delay=retry_delay,
        language=language,
        voice=voice,
        caller_id=caller_id,
    )
    with connected(url, key_file) as api:
        present(api, api.post("/api/campaigns", json=fields), follow=watch, as_json=as_json)
