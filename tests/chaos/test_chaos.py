"""Everything is broken while campaigns of all kinds run: nobody is lost, nobody is called twice.

`make chaos SEEDS=20` makes twenty runs, `make chaos SEEDS=1 SEED=7` the one with seed 7.
"""

import os
import shutil
import sys

import pytest
from tests.chaos.conftest import Provide
from tests.chaos.plan import make_plan
from tests.chaos.run import FOLDER, describe, run

QUICK = (5, 7, 11, 21, 22)
"""Seeds of the runs that every `make test` makes: none of their faults takes long to get over."""
_wanted = os.environ.get("CHAOS_SEEDS")
_first = int(os.environ.get("CHAOS_SEED", "1"))
SEEDS = list(QUICK) if _wanted is None else list(range(_first, _first + int(_wanted)))


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", SEEDS)
async def test_nobody_is_lost_and_nobody_is_called_twice(seed: int, provide: Provide, without: set[str]) -> None:
    plan = make_plan(seed, without=without, quick=_wanted is None)
    left_out = f"\n  left out, as this machine does not allow it: {', '.join(sorted(without))}" if without else ""
    sys.stdout.write(f"\n{plan}{left_out}\n")
    folder = FOLDER / f"seed-{seed}"
    with provide(plan) as servers:
        result = await run(plan, servers, folder)
    sys.stdout.write(f"{result}\n")
    (FOLDER / "results").mkdir(exist_ok=True)
    result.write(FOLDER / "results" / f"{seed}.json")
    assert result.passed, describe(result, folder)
    shutil.rmtree(folder)
