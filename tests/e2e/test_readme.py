"""What the README tells people to type works."""

import re
import subprocess
from pathlib import Path

from tests.e2e.conftest import Product

README = Path(__file__).parents[2] / "README.md"


def test_the_quickstart_runs_as_it_is_written(product: Product, tmp_path: Path) -> None:
    block = re.search(r"## Quickstart.*?```bash\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    credentials = tmp_path / ".run" / "credentials.env"
    credentials.parent.mkdir()
    key = product.client.headers["Authorization"].removeprefix("Bearer ")
    credentials.write_text(f"BELLTOWER_URL={str(product.client.base_url).rstrip('/')}\nBELLTOWER_API_KEY={key}\n")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block[1]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert '"available"' in ran.stdout
    assert '"to":"processing"' in ran.stdout
    assert "+12025550144" in ran.stdout
    assert len(block[1].splitlines()) <= 11
