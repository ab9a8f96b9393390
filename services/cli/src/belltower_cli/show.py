"""`belltower show`: a campaign at this moment."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from belltower.domain.zones import city_of
from belltower_cli.api import Json
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.hours import shown
from belltower_cli.output import counts, facts, instant, lateness, output, print_json, status
from belltower_cli.watch import CampaignId


def show_campaign(campaign: CampaignId, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Show a campaign: its status, its times, and how far it is."""
    with connected(url, key_file) as api:
        found = api.get(f"/api/campaigns/{campaign}")
    if as_json:
        print_json(found)
    else:
        present(found)


def present(campaign: Json) -> None:
    """Show a campaign to a person."""
    output().print(facts(_rows(campaign)))


def waiting(waiting_for: Json | None) -> str:
    """Why a campaign calls nobody at the moment."""
    if waiting_for is None:
        return ""
    opens = datetime.fromisoformat(waiting_for["until"]).astimezone(ZoneInfo(waiting_for["timezone"]))
    return f"calling hours in {city_of(waiting_for['timezone'])}, {opens:%Y-%m-%d %H:%M %Z}"


def _rows(campaign: Json) -> dict[str, str | Text]:
    progress = campaign["progress"]
    return {
        "id": campaign["id"],
        "name": campaign["name"],
        "status": status(campaign),
        "reason": campaign["status_reason"] or "",
        "message": campaign["welcome_message"],
        "spoken by": f"{campaign['voice']}, {campaign['language']}",
        "callees see": campaign["caller_id"],
        "scheduled for": instant(campaign["scheduled_time"]),
        "created": instant(campaign["created_at"]),
        "waits for": waiting(campaign["waiting_for"]),
        "called": shown(campaign["calling_window"]) if campaign["calling_window"] else "",
        "over": instant(campaign["expires_at"]),
        "started": instant(campaign["started_at"]),
        "lateness": lateness(campaign["start_lateness"]),
        "completed": instant(campaign["completed_at"]),
        "archived": instant(campaign["archived_at"]),
        "contacts": f"{progress['completed']:,} of {progress['total']:,} done",
        "of them": counts(progress),
        "to decide": _undecided(progress["undecided"]),
        "calls": ", ".join(f"{count:,} {end}" for end, count in progress["dispositions"].items() if count),
        "at once": f"{campaign['concurrency']:,}",
        "new a second": f"{campaign['calls_per_second']:,}" if campaign["calls_per_second"] else "",
        "attempts": _attempts(campaign),
        "machines": {"leave_message": "are left the message", "hang_up": "are hung up on"}.get(
            campaign["answering_machine"], ""
        ),
        "retry of": campaign["retry_of"] or "",
    }


def _undecided(calls: int) -> str:
    return f"{calls:,} unknown calls: see belltower unknown list" if calls else ""


def _attempts(campaign: Json) -> str:
    said = [f"{campaign['max_attempts']:,}, {campaign['retry_delay']:,} s apart"]
    for ended, delay in campaign["retry_delays"].items():
        after = f"after {ended.replace('_', ' ')}"
        said.append(f"none {after}" if delay is None else f"{delay:,} s {after}")
    if campaign["retry_backoff"] > 1:
        said.append(f"times {campaign['retry_backoff']:g} each time")
    return ", ".join(said)
