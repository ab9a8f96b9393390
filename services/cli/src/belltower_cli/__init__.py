"""`belltower`: what people do from a terminal. Campaigns go over the API, as anybody's; an operator speaks to the database."""

import typer

from belltower_cli import dead_letters, do_not_call, operator, series, unknown
from belltower_cli.bulk import archive_campaigns, bulk_campaigns, unarchive_campaigns
from belltower_cli.call_limits import call_limits
from belltower_cli.caller import caller
from belltower_cli.calling_hours import calling_hours
from belltower_cli.create import create_campaign
from belltower_cli.delete import delete_campaign
from belltower_cli.download import download_results
from belltower_cli.duplicate import duplicate_campaign
from belltower_cli.edit import edit_campaign
from belltower_cli.listing import list_campaigns
from belltower_cli.moves import (
    cancel_campaign,
    pause_all_campaigns,
    pause_campaign,
    resume_campaign,
    start_campaign,
)
from belltower_cli.retry import retry_campaign
from belltower_cli.show import show_campaign
from belltower_cli.upload import upload_campaign
from belltower_cli.wallet import show_wallet
from belltower_cli.watch import watch_campaign

app = typer.Typer(
    help="Belltower runs outbound voice-call campaigns at the moment they are due.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _name, _command in (
    ("create", create_campaign),
    ("upload", upload_campaign),
    ("list", list_campaigns),
    ("show", show_campaign),
    ("watch", watch_campaign),
    ("download", download_results),
    ("edit", edit_campaign),
    ("pause", pause_campaign),
    ("resume", resume_campaign),
    ("start", start_campaign),
    ("cancel", cancel_campaign),
    ("pause-all", pause_all_campaigns),
    ("retry", retry_campaign),
    ("duplicate", duplicate_campaign),
    ("archive", archive_campaigns),
    ("unarchive", unarchive_campaigns),
    ("delete", delete_campaign),
    ("bulk", bulk_campaigns),
    ("wallet", show_wallet),
    ("caller", caller),
    ("calling-hours", calling_hours),
    ("call-limits", call_limits),
):
    app.command(name=_name, rich_help_panel="Campaigns")(_command)

app.add_typer(series.commands, name="series", rich_help_panel="Campaigns")
app.add_typer(do_not_call.app, name="do-not-call", rich_help_panel="Campaigns")
app.add_typer(unknown.app, name="unknown", rich_help_panel="Campaigns")

app.command(name="migrate", rich_help_panel="Operation")(operator.migrate_database)
app.command(name="create-account", rich_help_panel="Operation")(operator.open_account)
app.command(name="create-user", rich_help_panel="Operation")(operator.add_user)
app.command(name="verify", rich_help_panel="Operation")(operator.verify)
app.add_typer(dead_letters.operators, name="operators", rich_help_panel="Operation")
app.add_typer(dead_letters.commands, name="dead-letters", rich_help_panel="Operation")
