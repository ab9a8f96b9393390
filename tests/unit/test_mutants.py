"""What is taken out of the product to see that it is missed stands where it is looked for."""

from collections import Counter
from pathlib import Path

import pytest
from tests.chaos.mutants import ATTACKED_BY, MUTANTS, mutated
from tests.mutants.removed import REMOVALS, Removal
from tests.support.servers import CHECKOUT


@pytest.mark.parametrize("patch", MUTANTS, ids=lambda patch: patch.stem)
def test_every_mutant_can_be_made_of_the_product_as_it_is(patch: Path, tmp_path: Path) -> None:
    assert patch.stem in ATTACKED_BY
    assert mutated(patch, tmp_path)


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.rule)
def test_every_rule_stands_where_it_is_taken_out(removal: Removal) -> None:
    assert (CHECKOUT / removal.file).read_text(encoding="utf-8").count(removal.text) == 1
    for test in removal.tests.split():
        assert (CHECKOUT / test).exists()


def test_every_rule_is_taken_out_once() -> None:
    assert Counter(removal.rule for removal in REMOVALS).most_common(1)[0][1] == 1
