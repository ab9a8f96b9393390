"""What the README and the walk through the API tell people to type works."""

import re
import subprocess
import sys
from pathlib import Path
from shlex import quote

import pytest
from tests.e2e.conftest import Product

ROOT = Path(__file__).parents[2]


def _typed(script: str, product: Product, folder: Path) -> str:
    """What a terminal shows of a script that is typed beside a `make run`. Every command has to succeed."""
    credentials = folder / ".run" / "credentials.env"
    credentials.parent.mkdir()
    key = product.client.headers["Authorization"].removeprefix("Bearer ")
    values = {
        "BELLTOWER_URL": str(product.client.base_url).rstrip("/"),
        "BELLTOWER_API_KEY": key,
        "BELLTOWER_EMAIL": product.email,
        "BELLTOWER_PASSWORD": product.password,
    }
    credentials.write_text("".join(f"{name}={quote(value)}\n" for name, value in values.items()))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.timeout(300)
def test_the_quickstart_runs_as_it_is_written(product: Product, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## Quickstart.*?```bash\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    shown = _typed(block[1], product, tmp_path)
    assert '"available"' in shown
    assert '"to":"processing"' in shown
    assert "+12025550144" in shown
    assert len(block[1].splitlines()) <= 11


@pytest.mark.timeout(300)  # one that is cut off leaves its limits to the tests after it
def test_the_walk_through_the_command_line_runs_as_it_is_written(product: Product, tmp_path: Path) -> None:
    walk = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shown = _typed("\n".join(re.findall(r"```bash\n(.*?)```", walk, re.DOTALL)), product, tmp_path)
    for said in (
        "available",
        "completed, 2 of 2 done",
        "2033-05-17",
        "file,4,n/a,not_a_phone_number",
        "2 of 2 done",
        "paused",
        "every Monday and Thursday at 18:00, America/New_York",
        "2033-05-16 18:00:00",
        "1 of 1 done",
        '{"id": "',
    ):
        assert said in shown


@pytest.mark.timeout(300)  # one that is cut off leaves its limits to the tests after it
def test_the_walk_through_the_api_runs_as_it_is_written(product: Product, tmp_path: Path) -> None:
    walk = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", walk, re.DOTALL)
    shown = _typed("\n".join(blocks), product, tmp_path)
    assert '"request_id"' not in shown, "no command is refused: only problems have one"
    for said in (
        '"calls_are_simulated":true', '"note":"Invoice 2030-117"', '"will_be_called":3', '"timeline":[{',
        "'line': 4", '"status":"unreached"', '"retry_of":"', '"name":"Nightly import"',
        '"reason":"key_press"', '"note":"Asked by e-mail"', '"change":"removed"',
        f'"actor":"user {product.email}"', '"user":null',
        '"status":"cancelled"', '"paused":', '"disposition":"voicemail"', '"circuit_breaker":{',
        "event: campaign\ndata: {", "'line': 4", '"status":"unreached"', '"retry_of":"', '"name":"Nightly import"',
    ):  # fmt: skip
        assert said in shown
