"""Campaigns that are edited, paused, resumed, started and cancelled over HTTP in any order, while two schedulers and two dialers
work on them. The carrier's log says whether a call was asked for after a stop had been answered, outside the campaign's calling
hours, or with half an edit.

`make interleavings STORIES=10000` tells more stories.
"""

import asyncio
import os
import sys
from random import Random, SystemRandom

import httpx
import pytest
from tests.support.changes_of_mind import Asked, Edition, Span, Story, caller_id, silences, strange
from tests.support.eventually import eventually
from tests.support.proxy import Proxy
from tests.support.world import World, numbers

STORIES = int(os.environ.get("STORIES", "60"))
SEED = int(os.environ.get("SEED", SystemRandom().randrange(2**32)))
AT_ONCE = 40
CONTACTS = 3
DELAYS = (*[0.0] * 16, 0.1, 0.3, 0.6, 2.5)
"""Seconds that a request takes on its way to the carrier."""
QUICK_CALLS = {"BELLTOWER_RING_TIMEOUT": "5", "BELLTOWER_CALL_TIME_LIMIT": "10"}
DONE = "SELECT count(*) FROM campaigns WHERE status IN ('completed', 'cancelled')"


@pytest.mark.timeout(200 + STORIES)
async def test_no_call_after_a_stop_none_outside_the_hours_no_half_an_edit_and_nobody_is_forgotten(
    world: World,
) -> None:
    sys.stdout.write(f"{STORIES} stories, SEED={SEED}\n")
    await world.behave(
        outcomes={"answered": 6, "busy": 2, "no_answer": 1, "failed": 1},
        ring_seconds=[0.02, 0.2],
        talk_seconds=[0.02, 0.3],
        no_answer_seconds=[0.1, 0.3],
        faults={"too_many_requests": 0.02, "callback_doubled": 0.05, "callback_reordered": 0.05},
    )
    api = world.start("api")
    slow = Random(SEED)
    async with (
        Proxy(world.carrier.url, lambda: slow.choice(DELAYS)) as network,
        httpx.AsyncClient(
            base_url=api.url, headers={"Authorization": f"Bearer {world.api_key}"}, timeout=60, trust_env=False
        ) as client,
    ):
        for service in ("scheduler", "scheduler", "dialer", "dialer"):
            await asyncio.to_thread(world.start, service, BELLTOWER_CARRIER_URL=network.url, **QUICK_CALLS)
        await client.post("/api/wallet/top-ups", json={"amount": "90000.00"})
        stories = [
            Story(client, Random(f"{SEED}:{number}"), numbers(CONTACTS, start=CONTACTS * number))
            for number in range(STORIES)
        ]
        room = asyncio.Semaphore(AT_ONCE)

        async def tell(story: Story) -> None:
            async with room:
                await story.run()
                await story.end()

        await asyncio.gather(*map(tell, stories))
        await eventually(lambda: all_done(world), timeout=60 + STORIES / 20, interval=0.5)
    calls = await world.truth()
    by_phone: dict[str, list[dict[str, object]]] = {}
    for call in calls:
        by_phone.setdefault(call["to"], []).append(call)
    gated_at = {str(row.id): row.gated_at.timestamp() for row in await world.rows("SELECT id, gated_at FROM attempts")}
    strays = [
        stray
        for story in stories
        for stray in story.strays((call for phone in story.phones for call in by_phone.get(phone, ())), gated_at)
    ]
    assert not strays, f"SEED={SEED}: {strays[:10]}"
    await world.check()
    moves = [asked for story in stories for asked in story.asked]
    silent = sum(len(silences(story.asked)) for story in stories)
    sys.stdout.write(
        f"{len(calls)} calls, {len(moves)} moves, {sum(len(story.editions) - 1 for story in stories)} edits of"
        f" {sum(story.edits for story in stories)}, {silent} times of silence,"
        f" {sum(move.status == 202 for move in moves)} stops that had to wait,"
        f" {sum(move.status >= 500 for move in moves)} without an answer\n"
    )
    assert silent > STORIES / 3
    assert len(calls) > STORIES / 3


async def all_done(world: World) -> bool:
    done = await world.one(DONE)
    assert done == STORIES, f"{STORIES - done} campaigns have not ended"
    return True


@pytest.mark.parametrize(
    ("caller", "heard", "at", "said"),
    [
        (1, "Edition 1.", 25, None),
        (1, "Edition 1.", 11, None),
        (0, "Edition 0.", 5, None),
        (0, "Edition 0.", 15, None),
        (0, "Edition 0.", 19.9, None),
        (0, "Edition 0.", 20.1, "after that had been changed"),
        (1, "Edition 0.", 25, "said 'Edition 0.'"),
        (1, None, 9, "before there was one"),
        (2, None, 35, "outside its calling hours"),
        (7, None, 35, "no edition's number"),
    ],
)
def test_what_is_wrong_with_a_call(caller: int, heard: str | None, at: float, said: str | None) -> None:
    editions = [Edition(0, True, 0, 1), Edition(1, True, 10, 20), Edition(2, False, 30, 31)]
    wrong = strange({"from": caller_id(caller), "heard": heard}, at, editions)
    assert wrong is None if said is None else said in str(wrong)


PAUSE = Asked("pause", 1, 2, 200)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([], []),
        ([PAUSE], [Span(2, float("inf"))]),
        ([PAUSE, Asked("resume", 5, 6, 200)], [Span(2, 5)]),
        ([PAUSE, Asked("resume", 5, 6, 409)], [Span(2, float("inf"))]),
        ([PAUSE, Asked("resume", 1.5, 3, 200)], []),
        ([PAUSE, Asked("resume", 0, 0.5, 200), Asked("start", 9, 10, 200)], [Span(2, 9)]),
        ([Asked("cancel", 1, 2, 202)], []),
        ([Asked("resume", 0, float("inf"), 0), PAUSE], []),
    ],
)
def test_when_a_campaign_must_be_silent(asked: list[Asked], expected: list[Span]) -> None:
    assert silences(asked) == expected
