"""`belltower retry`: those that a campaign did not reach."""

from belltower_cli.campaign_options import At, Timezone, Watch, start_fields
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.created import present
from belltower_cli.watch import CampaignId


def retry_campaign(
    campaign: CampaignId,
    at: At = None,
    timezone: Timezone = None,
    watch: Watch = False,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Ring those again whom a campaign did not reach, with a new campaign that is linked to it."""
    fields = start_fields(at, timezone)
    with connected(url, key_file) as api:
        present(api, api.post(f"/api/campaigns/{campaign}/retry", json=fields), follow=watch, as_json=as_json)
