"""`belltower duplicate`: the same campaign once more."""

from typing import Annotated

import typer

from belltower_cli.campaign_options import At, Timezone, Watch, given, start_fields
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.created import present
from belltower_cli.watch import CampaignId


def duplicate_campaign(
    campaign: CampaignId,
    name: Annotated[
        str | None, typer.Option(help="What it is called; as the campaign, with (copy), by default.")
    ] = None,
    at: At = None,
    timezone: Timezone = None,
    watch: Watch = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a new campaign that is like another and rings the same list, now or at a time."""
    fields = start_fields(at, timezone) | given(name=name)
    with connected(url, key_file) as api:
        present(api, api.post(f"/api/campaigns/{campaign}/duplicate", json=fields), follow=watch, as_json=as_json)
