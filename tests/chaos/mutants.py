"""Breaks the product, a promise at a time, and sees that the checker notices: `make chaos-mutants`.

A mutant is a patch in `patches/`. It is applied to a copy of the sources, and the processes run on that copy.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path

import pytest
from tests.chaos.conftest import Provide
from tests.chaos.plan import FaultPlan, make_plan
from tests.chaos.run import FOLDER, describe, run
from tests.mutants.copies import copied

ATTACKED_BY: dict[str, Callable[[FaultPlan], bool]] = {
    "blind-redial": lambda fault: "callback_late" in fault.details,
    "completion-without-the-lock": lambda fault: fault.target == "contacts.copying" and fault.what == "stop",
    "no-epoch-check": lambda fault: fault.target == "gate.begun" and fault.lasts > 10,
    "row-after-the-request": lambda fault: fault.target == "gate.before_commit" or fault.what == "kill Postgres",
    "unguarded-settle": lambda fault: True,
}
"""Which faults may bring a mutant to light: only runs that have one are made."""
MUTANTS = sorted((Path(__file__).parent / "patches").glob("*.patch"))
MOST_RUNS = int(os.environ.get("SEEDS", "8"))
"""A mutant that is not caught in so many runs gets away."""


@pytest.mark.timeout(MOST_RUNS * 900)
@pytest.mark.parametrize("patch", MUTANTS, ids=lambda patch: patch.stem)
async def test_a_mutant_is_caught(patch: Path, provide: Provide, without: set[str], tmp_path: Path) -> None:
    paths = mutated(patch, tmp_path)
    folder = FOLDER / f"mutant-{patch.stem}"
    plans = (make_plan(seed, without=without) for seed in count(1))
    attacks = (plan for plan in plans if any(map(ATTACKED_BY[patch.stem], plan.faults)))
    for runs, plan in enumerate(islice(attacks, MOST_RUNS), start=1):
        sys.stdout.write(f"\n{patch.stem}, run {runs}, seed {plan.seed}\n")
        with provide(plan) as servers:
            result = await run(plan, servers, folder, {"PYTHONPATH": paths})
        if result.verdict.findings:
            sys.stdout.write(f"{patch.stem} was caught by run {runs}:\n{describe(result, folder)}\n")
            shutil.rmtree(folder)
            return
    pytest.fail(f"{patch.stem} was not caught in {MOST_RUNS} runs")


def mutated(patch: Path, folder: Path) -> str:
    """A copy of the sources with a patch in it, as Python looks for them."""
    paths = copied(folder)
    subprocess.run(["git", "apply", "--unsafe-paths", str(patch)], cwd=folder, check=True, env=_without_git())
    return paths


def _without_git() -> dict[str, str]:
    """An environment in which the copy is in no repository."""
    return {**os.environ, "GIT_CEILING_DIRECTORIES": "/"}
