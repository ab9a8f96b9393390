"""The clients that are made from the API's description fit the API that runs: their types are right, and their examples work."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Product

CLIENTS = Path(__file__).parents[2] / "clients"
NPM = CLIENTS.parent / "deploy" / "npm.sh"
PYTHON = [sys.executable, "example.py"]
TYPESCRIPT = [str(NPM), "--silent", "run", "example"]


def ran(command: list[str], folder: Path, **environment: str) -> str:
    """What a command says that has to succeed."""
    result = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=240, env=os.environ | environment
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "example"), [("python", PYTHON), ("typescript", TYPESCRIPT)], ids=["py", "ts"])
def test_a_client_is_made_its_types_are_right_and_its_example_works(
    product: Product, language: str, example: list[str]
) -> None:
    assert ran([str(CLIENTS / "generate.sh"), language], CLIENTS) == ""
    key = product.client.headers["Authorization"].removeprefix("Bearer ")
    said = ran(
        example,
        CLIENTS / language,
        BELLTOWER_URL=str(product.client.base_url).rstrip("/"),
        BELLTOWER_API_KEY=key,
        PYTHONPATH="build",
    )
    calls = [re.fullmatch(r"(\+1202555014[34]) completed \d+ \d+\.\d{2,6} USD", line) for line in said.splitlines()]
    assert len(calls) == 2
    assert {call[1] for call in calls if call} == {"+12025550143", "+12025550144"}
