"""`belltower create`: a campaign of numbers that are typed."""

from typing import Annotated

import typer

from belltower_cli.campaign_options import Message, Terms, Watch, with_terms
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.created import present


@with_terms
def create_campaign(
    name: Annotated[str, typer.Argument(help="What the campaign is called.")],
    message: Message,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="Whom it rings, such as +12025550143.")],
    terms: Terms,
    watch: Watch = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Create a campaign that rings some numbers, now or at a time."""
    fields = {"name": name, "welcome_message": message, "phone_numbers": numbers, **terms}
    with connected(url, key_file) as api:
        present(api, api.post("/api/campaigns", json=fields), follow=watch, as_json=as_json)
