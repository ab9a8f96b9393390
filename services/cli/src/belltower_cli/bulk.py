"""`belltower archive` and `unarchive`, and `bulk`: one action for many campaigns."""

from typing import Annotated, Literal

import typer
from rich.text import Text

from belltower_cli.connection import AsJson, KeyFile, Url, connected
from belltower_cli.output import output, plain, print_json

_AT_ONCE = 100
"""Campaigns that the API takes in a request."""

Action = Literal["pause", "cancel", "resume", "start", "archive", "unarchive", "delete"]
CampaignIds = Annotated[list[str], typer.Argument(metavar="ID...", help="The campaigns' ids.", show_default=False)]


def archive_campaigns(ids: CampaignIds, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Have lists leave out campaigns that have ended."""
    _do("archive", ids, url, key_file, as_json)


def unarchive_campaigns(ids: CampaignIds, url: Url = None, key_file: KeyFile = None, as_json: AsJson = False) -> None:
    """Have lists show campaigns again that were archived."""
    _do("unarchive", ids, url, key_file, as_json)


def bulk_campaigns(
    action: Annotated[Action, typer.Argument(help="What is done with each of them.")],
    ids: CampaignIds,
    url: Url = None,
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Do something with many campaigns: each by itself, whatever becomes of the others. Fails when one of them was refused."""
    _do(action, ids, url, key_file, as_json)


def _do(action: str, ids: list[str], url: Url, key_file: KeyFile, as_json: bool) -> None:
    refused = 0
    with connected(url, key_file) as api:
        for start in range(0, len(ids), _AT_ONCE):
            answer = api.post("/api/campaigns/bulk", json={"action": action, "ids": ids[start : start + _AT_ONCE]})
            refused += answer["refused"]
            for result in answer["results"]:
                if as_json:
                    print_json(result)
                else:
                    output().print(_line(result), soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _line(result: dict[str, object]) -> Text:
    problem, campaign = result["problem"], result["campaign"]
    if isinstance(problem, dict):
        return Text(plain(f"{result['id']}  {problem['detail']}"), style="red")
    if not isinstance(campaign, dict):
        return Text(f"{result['id']}  deleted")
    still = f", {result['dialling']} calls still on their way" if result["dialling"] else ""
    archived = ", archived" if campaign["archived_at"] else ""
    return Text(plain(f"{result['id']}  {campaign['status']}{archived}{still}  {campaign['name']}"))
