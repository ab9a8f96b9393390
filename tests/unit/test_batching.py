"""What arrives while a batch is at work makes up the next, and each waits for its own result."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belltower.db.batching import LATER, Batcher, Later


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 10), st.lists(st.integers(1, 12), min_size=1))
async def test_each_has_its_own_result_however_many_there_is_room_for(items: int, limit: int, room: list[int]) -> None:
    rooms = iter(room * items)
    handled: list[int] = []

    async def handle(batch: Sequence[int]) -> list[int | Later]:
        taken = batch[: next(rooms)]
        handled.extend(taken)
        await asyncio.sleep(0)
        return [10 * each if each in taken else LATER for each in batch]

    batcher = Batcher(handle, limit=limit)
    results = await asyncio.gather(*(batcher(each) for each in range(items)))
    assert results == [10 * each for each in range(items)]
    assert handled == list(range(items)), "in the order in which they came"
    assert batcher.is_idle


async def test_who_has_to_wait_comes_before_who_came_later() -> None:
    batches: list[list[str]] = []

    async def handle(batch: Sequence[str]) -> list[str | Later]:
        batches.append(list(batch))
        if len(batches) == 1:
            late.append(asyncio.create_task(batcher("late")))
            await asyncio.sleep(0)
        return [batch[0], *[LATER] * (len(batch) - 1)]

    late: list[asyncio.Task[str]] = []
    batcher = Batcher(handle, limit=10)
    assert list(await asyncio.gather(batcher("a"), batcher("b"), batcher("c"))) == ["a", "b", "c"]
    await late[0]
    assert batches == [["a", "b", "c"], ["b", "c", "late"], ["c", "late"], ["late"]]


async def test_an_error_is_of_the_item_that_caused_it() -> None:
    async def handle(batch: Sequence[int]) -> list[int]:
        if 2 in batch:
            raise ValueError("two")
        return list(batch)

    batcher = Batcher(handle, limit=10)
    results = await asyncio.gather(*(batcher(each) for each in range(4)), return_exceptions=True)
    assert [results[each] for each in (0, 1, 3)] == [0, 1, 3]
    assert isinstance(results[2], ValueError)


async def test_who_was_cancelled_while_he_waited_is_left_out() -> None:
    going_on = asyncio.Event()
    seen: list[int] = []

    async def handle(batch: Sequence[int]) -> list[int]:
        seen.extend(batch)
        await going_on.wait()
        return list(batch)

    batcher = Batcher(handle, limit=1)
    tasks = [asyncio.create_task(batcher(each)) for each in range(3)]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    going_on.set()
    assert await tasks[0] == 0
    assert await tasks[2] == 2
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    assert seen == [0, 2]
