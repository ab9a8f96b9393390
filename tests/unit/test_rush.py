"""While very many campaigns are taken over dialling waits, but never for long."""

import asyncio

import pytest

from belltower_dialer import rush as module
from belltower_dialer.rush import LULL, MANY, Rush


async def is_over(rush: Rush) -> bool:
    """Whether it is over now, or is so after a lull."""
    try:
        async with asyncio.timeout(2 * LULL):
            await rush.over()
    except TimeoutError:
        return False
    return True


async def test_dialling_waits_while_very_many_arrive() -> None:
    rush = Rush()
    assert await is_over(rush)
    with rush.arriving(MANY - 1):
        assert await is_over(rush), "a few hold up nobody"
        with rush.arriving(1):
            assert not await is_over(rush)
        assert await is_over(rush)


async def test_who_waits_goes_on_as_soon_as_they_are_taken_over() -> None:
    rush = Rush()
    with rush.arriving(MANY):
        waiting = asyncio.create_task(rush.over())
        await asyncio.sleep(0.01)
        assert not waiting.done()
    async with asyncio.timeout(1):
        await waiting


async def test_a_moment_between_two_messages_is_not_its_end() -> None:
    rush = Rush()
    with rush.arriving(MANY):
        waiting = asyncio.create_task(rush.over())
    await asyncio.sleep(LULL / 4)
    with rush.arriving(MANY):
        await asyncio.sleep(2 * LULL)
        assert not waiting.done()
    async with asyncio.timeout(1):
        await waiting


async def test_a_rush_that_goes_on_holds_up_dialling_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.05)
    rush = Rush()
    with rush.arriving(MANY):
        async with asyncio.timeout(1):
            await rush.over()
        with rush.arriving(MANY):
            assert await is_over(rush), "its beginning counts, not each message"


async def test_the_next_rush_holds_it_up_again() -> None:
    rush = Rush()
    for _ in range(2):
        with rush.arriving(MANY):
            assert not await is_over(rush)
        assert await is_over(rush)


async def test_those_that_have_to_be_waited_for_are_no_rush() -> None:
    rush = Rush()
    with rush.arriving(MANY) as arrived:
        arrived()
        assert await is_over(rush)
    with rush.arriving(MANY):
        assert not await is_over(rush), "they are counted off once"


async def test_a_takeover_that_fails_ends_its_part_of_the_rush() -> None:
    rush = Rush()
    with pytest.raises(ConnectionError), rush.arriving(MANY):
        raise ConnectionError
    assert await is_over(rush)
