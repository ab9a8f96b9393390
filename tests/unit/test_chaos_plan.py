"""What a run of the chaos harness is made of follows from its seed."""

from collections import Counter

import pytest
from tests.chaos.plan import KINDS, OWN_SERVER, POINTS, make_plan

from belltower.runtime import fault


def test_the_seed_says_all() -> None:
    assert make_plan(7) == make_plan(7)
    assert str(make_plan(7)) != str(make_plan(8))


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("without", [(), ("disk", "clock")])
def test_every_run_has_five_campaigns_five_hundred_contacts_and_five_faults_of_three_kinds(
    without: tuple[str, ...], quick: bool
) -> None:
    drawn: Counter[str] = Counter()
    for seed in range(300):
        plan = make_plan(seed, without=without, quick=quick)
        kinds = Counter(each.kind for each in plan.faults)
        assert len({each.kind for each in plan.campaigns}) >= 9
        assert sum(each.contacts for each in plan.campaigns) >= 500
        assert len(plan.faults) >= 5
        assert len(kinds) >= 3
        drawn += kinds
    assert set(drawn) == set(KINDS) - set(without) - (OWN_SERVER if quick else set())


def test_every_point_of_the_plan_is_one_of_the_product() -> None:
    assert set(POINTS) <= set(fault.Point.__args__)  # type: ignore[attr-defined]
