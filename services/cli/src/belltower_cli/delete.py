"""`belltower delete`: a campaign that does not run."""

import typer

from belltower_cli.connection import KeyFile, Url, connected
from belltower_cli.watch import CampaignId


def delete_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None) -> None:
    """Delete a campaign that does not run; a scheduled one will not start."""
    with connected(url, key_file) as api:
        api.delete(f"/api/campaigns/{campaign}")
    typer.echo(f"The campaign {campaign} was deleted.")
