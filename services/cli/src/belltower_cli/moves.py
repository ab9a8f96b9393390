"""`belltower pause`, `cancel`, `resume`, `start`: having campaigns do something; `pause-all`: stopping all calling."""

import typer

from belltower.domain.campaign import Move
from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import output, print_json
from belltower_cli.show import present
from belltower_cli.watch import CampaignId


def pause_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Pause a campaign: no further call is placed until it is resumed. A scheduled one keeps its time."""
    _move(campaign, Move.PAUSE, url, key_file, as_json)


def cancel_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Cancel a campaign: no further call is placed, for good."""
    _move(campaign, Move.CANCEL, url, key_file, as_json)


def resume_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Resume a paused campaign with those whom it has not reached yet, or wait for its time if that is still to come."""
    _move(campaign, Move.RESUME, url, key_file, as_json)


def start_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Start a scheduled campaign now instead of at its time, or have a paused one go on now."""
    _move(campaign, Move.START, url, key_file, as_json)


def pause_all_campaigns(url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Stop all calling: pause every campaign of the account that calls or will."""
    with connected(url, key_file) as api:
        stopped = api.post("/api/pause-all")
    if as_json:
        print_json(stopped)
        return
    typer.echo(f"Campaigns that were paused: {stopped['paused']:,}.")
    _warn(stopped)


def _move(campaign: CampaignId, move: Move, url: Url, key_file: KeyFile, as_json: bool) -> None:
    with connected(url, key_file) as api:
        moved = api.post(f"/api/campaigns/{campaign}/{move}")
    if as_json:
        print_json(moved)
        return
    present(moved)
    _warn(moved)


def _warn(stopped: Json) -> None:
    if dialling := stopped.get("dialling"):
        output().print(f"Calls that were on their way to the carrier and may still ring: {dialling:,}.", style="yellow")
