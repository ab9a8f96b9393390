"""What an operator does by the command line."""

import json
import subprocess
import sys
from pathlib import Path

from belltower_local.servers import base_environment

EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"


def create_account(
    database_url: str, *, balance: str = "100.00", email: str = EMAIL, caller_id: str = "+14155550100"
) -> str:
    """Create an account as an operator does, with the usual password; its API key."""
    command = [str(Path(sys.executable).parent / "belltower"), "create-account", "Example Ltd", "--email", email]
    options = ["--caller-id", caller_id, "--balance", balance, "--password-stdin", "--json"]
    environment = base_environment() | {"DATABASE_URL": database_url, "BELLTOWER_CARRIER": "simulated"}
    answer = subprocess.run(
        [*command, *options], check=True, capture_output=True, text=True, env=environment, input=f"{PASSWORD}\n"
    )
    return str(json.loads(answer.stdout)["api_key"])
