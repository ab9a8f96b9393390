"""What is said of a campaign that was just created."""

from rich.text import Text

from belltower_cli.api import Api, Json
from belltower_cli.output import facts, instant, output, plain, print_json, status
from belltower_cli.watch import watch


def present(api: Api, campaign: Json, *, follow: bool, as_json: bool) -> None:
    """Show a new campaign, what of its list was left out, and where to go next; or follow it to its end."""
    if as_json:
        print_json(campaign)
    else:
        _show(campaign, follow=follow)
    if follow:
        watch(api, campaign["id"], as_json=as_json)


def _show(campaign: Json, *, follow: bool) -> None:
    console = output()
    console.print(
        facts(
            {
                "id": campaign["id"],
                "name": campaign["name"],
                "status": status(campaign),
                "starts": instant(campaign["scheduled_time"]) or "now",
                "contacts": f"{campaign['progress']['total']:,}",
                "left out": _left_out(campaign.get("rejected")),
                "duplicates": f"{campaign['duplicates']:,}" if campaign.get("duplicates") else "",
            }
        )
    )
    for warning in campaign.get("warnings", ()):
        console.print(Text(plain(warning["detail"]), style="yellow"))
    if campaign.get("rejected", {}).get("count"):
        console.print(Text(f"See what was left out: belltower download {campaign['id']} - --rejected"), soft_wrap=True)
    if not follow:
        console.print(Text(f"Follow it: belltower watch {campaign['id']}"), soft_wrap=True)


def _left_out(rejected: Json | None) -> str:
    if not rejected or not rejected["count"]:
        return ""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in rejected["by_reason"].items())
    return f"{rejected['count']:,} ({reasons})"
