"""`belltower edit`: what a campaign that is scheduled or paused shall be."""

from typing import Annotated

import typer
from rich.text import Text

from belltower_cli.api import Json
from belltower_cli.campaign_options import Terms, given, with_terms
from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import output, plain, print_json
from belltower_cli.show import present
from belltower_cli.watch import CampaignId


@with_terms
def edit_campaign(
    campaign: CampaignId,
    terms: Terms,
    name: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    message: Annotated[str | None, typer.Option(help="What is said when somebody answers.")] = None,
    add: Annotated[list[str] | None, typer.Option(metavar="NUMBER", help="Whom it rings, too.")] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="NUMBER", help="Whom it does not ring.")] = None,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Change a campaign that is scheduled or paused; what is not given stays. If it changes meanwhile, nothing is done."""
    changes = terms | given(name=name, welcome_message=message)
    contacts = given(add=_added(add, changes.pop("default_country", None)), remove=remove)
    if contacts:
        changes["contacts"] = contacts
    if not changes:
        raise typer.BadParameter("say what shall be changed, such as --message or --at.")
    with connected(url, key_file) as api:
        edited = api.patch(f"/api/campaigns/{campaign}", changes)
    if as_json:
        print_json(edited)
        return
    present(edited)
    for sentence in _notes(edited):
        output().print(Text(plain(sentence), style="yellow"))


def _added(numbers: list[str] | None, country: str | None) -> Json | None:
    return {"phone_numbers": numbers} | given(default_country=country) if numbers else None


def _notes(edited: Json) -> list[str]:
    """What a person has to know of an edit beside the campaign itself."""
    rejected = [f"{each['value']} was left out: {each['reason']}." for each in edited["rejected"]["items"]]
    kept = [f"{each['phone']} was not removed. {each['reason']}" for each in edited["list_edited"]["kept"]["items"]]
    unchanged = [] if edited["changed"] else ["It was so before: nothing has changed."]
    return [*unchanged, *rejected, *kept, *(each["detail"] for each in edited["warnings"])]
