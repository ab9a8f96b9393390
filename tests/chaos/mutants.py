"""Breaks the product, a promise at a time, and sees that the checker notices: `make chaos-mutants`.

A mutant is a patch in `mutants/`. It is applied to a copy of the sources, and the processes run on that copy.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chaos.conftest import Provide
from tests.chaos.plan import make_plan
from tests.chaos.run import FOLDER, describe, run
from tests.support.servers import CHECKOUT

MUTANTS = sorted((Path(__file__).parent / "mutants").glob("*.patch"))
MOST_SEEDS = int(os.environ.get("SEEDS", "15"))
"""A mutant that is not caught in so many runs gets away."""


@pytest.mark.timeout(MOST_SEEDS * 600)
@pytest.mark.parametrize("patch", MUTANTS, ids=lambda patch: patch.stem)
async def test_a_mutant_is_caught(patch: Path, provide: Provide, without: set[str], tmp_path: Path) -> None:
    paths = mutated(patch, tmp_path)
    for seed in range(1, MOST_SEEDS + 1):
        plan = make_plan(seed, without=without)
        folder = FOLDER / f"mutant-{patch.stem}"
        with provide(plan) as servers:
            result = await run(plan, servers, folder, {"PYTHONPATH": paths})
        if result.verdict.findings:
            sys.stdout.write(f"{patch.stem} was caught by run {seed}:\n{describe(result, folder)}\n")
            shutil.rmtree(folder)
            return
    pytest.fail(f"{patch.stem} was not caught in {MOST_SEEDS} runs")


def mutated(patch: Path, folder: Path) -> str:
    """A copy of the sources with a patch in it, as Python looks for them."""
    roots = [
        Path("shared/src"),
        *(path.relative_to(CHECKOUT) for path in sorted(CHECKOUT.glob("services/*/src/belltower_*"))),
    ]
    places = []
    for root in roots:
        source = root if root.name == "src" else root.parent
        shutil.copytree(
            CHECKOUT / source, folder / source, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
        places.append(str(folder / source))
    subprocess.run(["git", "apply", "--unsafe-paths", str(patch)], cwd=folder, check=True, env=_without_git())
    return os.pathsep.join(places)


def _without_git() -> dict[str, str]:
    """An environment in which the copy is in no repository."""
    return {**os.environ, "GIT_CEILING_DIRECTORIES": "/"}
