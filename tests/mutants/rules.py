"""Takes each rule out of the product in turn, and sees that a test misses it: `make mutants`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.mutants.copies import copied
from tests.mutants.removed import REMOVALS, Removal
from tests.support.servers import CHECKOUT

FAILED = 1
"""How pytest ends when a test failed, and nothing worse happened (its documentation, "Exit codes")."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.rule)
def test_a_rule_that_is_taken_out_is_missed(removal: Removal, tmp_path: Path) -> None:
    paths = copied(tmp_path)
    file = tmp_path / removal.file
    file.write_text(file.read_text(encoding="utf-8").replace(removal.text, removal.instead), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--quiet", "--exitfirst", *removal.tests.split()],
        cwd=CHECKOUT,
        env=_alone() | {"PYTHONPATH": paths},
        check=False,
        capture_output=True,
        text=True,
        timeout=850,
    )
    said = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    sys.stdout.write(f"\n{removal.rule}: {said or 'NOBODY MISSES IT'}\n")
    assert ran.returncode == FAILED, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert not any(line.startswith("ERROR") for line in said), ran.stdout[-3000:]


def _alone() -> dict[str, str]:
    """An environment in which the tests do not take themselves for a worker of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
