"""What is claimed ahead is announced once, in its turn, at its moment, whatever becomes of other announcements."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belltower.db.due import Due
from belltower.db.occurrences import LEAD
from belltower.db.ownership import MAX_EARLY
from belltower_scheduler import held as module
from belltower_scheduler.held import DELIVERY, Held
from belltower_scheduler.sweep import TAKE_TIME

AT = datetime(2026, 1, 1, tzinfo=UTC)


def claimed(due_in: float) -> Due:
    return Due(uuid4(), AT, AT, due_in)


def add(held: Held, *claims: Due) -> None:
    held.add(claims, asyncio.get_running_loop().time())


class Announcements:
    """Writes down what is announced, and when."""

    def __init__(self) -> None:
        self.batches: list[tuple[float, list[Due]]] = []
        self.fails = False

    async def publish(self, batch: Sequence[Due]) -> None:
        self.batches.append((asyncio.get_running_loop().time(), list(batch)))
        if self.fails:
            raise ConnectionError("not today")

    @property
    def all(self) -> list[Due]:
        return [due for _, batch in self.batches for due in batch]


async def run_for(held: Held, seconds: float) -> None:
    task = asyncio.create_task(held.run())
    await asyncio.sleep(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 0.15), max_size=30))
async def test_each_is_announced_once_and_none_before_its_moment(instants: list[float]) -> None:
    told = Announcements()
    held = Held(told.publish)
    began = asyncio.get_running_loop().time()
    everything = [claimed(due_in) for due_in in instants]
    add(held, *everything[:10])
    running = asyncio.create_task(run_for(held, 0.3))
    await asyncio.sleep(0)
    add(held, *everything[10:])
    await running
    assert sorted(told.all, key=lambda due: due.id) == sorted(everything, key=lambda due: due.id)
    for at, batch in told.batches:
        for due in batch:
            assert at >= began + due.due_in - DELIVERY - 0.002  # the loop's own grain


async def test_those_of_one_instant_are_announced_together() -> None:
    told = Announcements()
    held = Held(told.publish)
    add(held, *(claimed(0.05) for _ in range(1_000)))
    await run_for(held, 0.2)
    assert [len(batch) for _, batch in told.batches] == [1_000]


async def test_one_that_fails_keeps_no_other_from_being_announced() -> None:
    told = Announcements()
    told.fails = True
    held = Held(told.publish)
    add(held, claimed(0.02), claimed(0.1), claimed(0.2))
    await run_for(held, 0.4)
    assert [due.due_in for due in told.all] == [0.02, 0.1, 0.2]
    assert len(told.batches) > 1


async def test_none_waits_for_the_broker_to_confirm_another() -> None:
    never = asyncio.Event()
    begun: list[Due] = []

    async def publish(batch: Sequence[Due]) -> None:
        begun.extend(batch)
        await never.wait()

    held = Held(publish)
    add(held, claimed(0.02), claimed(0.06))
    await run_for(held, 0.2)
    assert len(begun) == 2


async def test_what_dialers_wait_for_is_announced_when_the_process_ends_and_the_rest_let_go() -> None:
    told = Announcements()
    held = Held(told.publish)
    add(held, claimed(0.4), claimed(2), claimed(0.2), claimed(1.5))
    assert sorted(due.due_in for due in await held.let_go()) == [1.5, 2]
    assert [due.due_in for due in told.all] == [0.2, 0.4]
    assert await held.let_go() == []


def test_times_of_other_places_fit() -> None:
    """What is claimed ahead is decided on before, is waited for by dialers, and is not swept up while it is held."""
    assert module.EARLY < MAX_EARLY
    assert timedelta(seconds=module.AHEAD) < LEAD
    assert module.AHEAD < TAKE_TIME


async def test_when_it_holds_as_many_as_it_may_none_is_claimed_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    held = Held(Announcements().publish)
    add(held, claimed(0.4))
    assert held.ahead == module.AHEAD
    add(held, claimed(0.4))
    assert held.ahead == 0
