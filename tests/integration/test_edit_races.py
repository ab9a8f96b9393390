"""An edit against whoever moves the campaign at that moment: real transactions and processes, one winner, never half an edit."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert
from tests.support.api import Api, created, refused
from tests.support.eventually import eventually
from tests.support.world import World, numbers

from belltower.db.due import get_scheduled_campaigns_to_run
from belltower.db.engine import sql
from belltower.db.ownership import Taken, take_over
from belltower.db.tables import dialers

LATER = {"is_scheduled": True, "scheduled_time": "2035-07-01T09:30", "timezone": "Europe/Berlin"}
ROUNDS = 12
SIDE_BY_SIDE = 5
"""Campaigns that are edited, announced and taken over at one moment."""
SPANS = ((-0.25, -0.05), (-0.03, 0.01), (0.01, 0.05))
"""From when to when they are edited, in seconds after they are due: mostly before, at about the same moment, mostly after."""
ANN = "+14155550123"


async def dialer(api: Api) -> int:
    """A dialer that lives."""
    async with api.engine.begin() as connection:
        row = await connection.execute(
            insert(dialers)
            .values(name="test", lapses_at=datetime.now(UTC) + timedelta(hours=1))
            .returning(dialers.c.id)
        )
        return int(row.scalar_one())


def edition(number: int) -> dict[str, Any]:
    """An edit of everything at once, of which each part tells the number."""
    return {
        "name": f"{number}",
        "welcome_message": f"This is {number}.",
        "concurrency": number,
        "contacts": {"replace": {"contacts": [{"phone": f"+1415555{1000 + number}", "name": f"{number}"}]}},
    }


async def edit(api: Api, campaign: str, number: int, if_match: str, at: float) -> int:
    await asyncio.sleep(at - asyncio.get_running_loop().time())
    path = f"/api/campaigns/{campaign}"
    return (await api.client.patch(path, json=edition(number), headers={"If-Match": if_match})).status_code


async def run(api: Api, owner: int, ids: list[UUID], at: float) -> dict[UUID, Taken]:
    """Announce these campaigns and take them over as soon as they are due, as scheduler and dialer do."""
    await asyncio.sleep(at - asyncio.get_running_loop().time())
    taken: dict[UUID, Taken] = {}

    async def all_taken() -> bool:
        claimed = [due.id for due in await get_scheduled_campaigns_to_run(api.engine, 100)]
        taken.update({each.id: each for each in await take_over(api.engine, owner, claimed, actor="dialer")})
        return set(taken) >= set(ids)

    await eventually(all_taken, interval=0.001)
    return taken


async def test_of_edits_and_a_start_at_one_moment_one_wins_and_nothing_starts_with_half_an_edit(api: Api) -> None:
    owner = await dialer(api)
    chance = random.Random(7)
    outcomes: Counter[tuple[int, ...]] = Counter()
    for _ in range(ROUNDS):
        bodies = [await created(api, **LATER, phone_numbers=[ANN]) for _ in range(SIDE_BY_SIDE)]
        ids = [UUID(body["id"]) for body in bodies]
        await api.execute(
            """UPDATE campaigns SET scheduled_time = now() + interval '600 ms', next_due_at = now() + interval '600 ms'
               WHERE id = ANY(:ids)""",
            ids=ids,
        )
        due = asyncio.get_running_loop().time() + 0.6
        tags = [(await api.client.get(f"/api/campaigns/{each}")).headers["etag"] for each in ids]
        spans = [chance.choice(SPANS) for _ in ids]
        edits = [
            edit(api, str(each), 2 + number, chance.choice([tag, "*"]), due + chance.uniform(*span))
            for each, tag, span in zip(ids, tags, spans, strict=True)
            for number in range(2)
        ]
        running = asyncio.create_task(run(api, owner, ids, due - 0.01))
        answers = await asyncio.gather(*edits)
        taken = await running
        for position, each in enumerate(ids):
            outcome = answers[2 * position : 2 * position + 2]
            assert set(outcome) <= {200, 409, 412}, outcome
            outcomes[tuple(outcome)] += 1
            won = [2 + number for number in range(2) if outcome[number] == 200]
            await check(api, taken[each], won)
        await api.execute(
            "UPDATE campaigns SET status = 'completed', owner = NULL, next_due_at = NULL WHERE id = ANY(:ids)", ids=ids
        )
    edited = sum(count for outcome, count in outcomes.items() if 200 in outcome)
    assert edited >= 5, outcomes
    assert outcomes.total() - edited >= 5, "the start won too seldom to tell"


async def check(api: Api, taken: Taken, won: list[int]) -> None:
    """A dialer has the campaign as the last edit that was accepted left it, and its list is of the same edit."""
    spoken = taken.welcome_message
    number = int(spoken.removeprefix("This is ").removesuffix(".")) if spoken != "Hello." else None
    assert number in won if won else number is None
    (row,) = await api.rows("SELECT * FROM campaigns WHERE id = :id", id=taken.id)
    assert row.welcome_message == spoken, "the dialer works with what is there"
    assert (row.concurrency, taken.concurrency, row.name) == (number or 10, number or 10, f"{number or 'Test'}")
    assert await api.phones(str(taken.id)) == [f"+1415555{1000 + number}" if number else ANN]
    events = await api.rows(
        "SELECT to_status, changed FROM campaign_events WHERE campaign_id = :id ORDER BY id", id=taken.id
    )
    assert [each.to_status for each in events if each.changed is None] == ["scheduled", "pending", "processing"]
    assert len([each for each in events if each.changed]) == len(won)
    assert [each.to_status for each in events if each.changed] == ["scheduled"] * len(won), "before it was announced"


async def meanwhile(api: Api, work: Awaitable[httpx.Response]) -> "asyncio.Future[httpx.Response]":
    """Begin something that has to wait for a lock."""

    async def waits() -> bool:
        return bool(await api.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))

    task = asyncio.ensure_future(work)
    await eventually(waits)
    assert not task.done()
    return task


@pytest.mark.parametrize(("if_match", "status"), [("its own", 412), ("*", 409)])
async def test_an_edit_that_comes_after_an_announcement_is_too_late(api: Api, if_match: str, status: int) -> None:
    body = await created(api, **LATER, phone_numbers=[ANN])
    path = f"/api/campaigns/{body['id']}"
    await api.execute("UPDATE campaigns SET scheduled_time = now(), next_due_at = now()")
    known = (await api.client.get(path)).headers["etag"] if if_match != "*" else "*"
    async with api.engine.begin() as scheduler:
        await scheduler.execute(sql("claim_due"), {"batch": 10, "ahead": 0})
        answer = await meanwhile(api, api.client.patch(path, json=edition(3), headers={"If-Match": known}))
    refused(await answer, status, "precondition_failed" if status == 412 else "illegal_transition")
    assert await api.one("SELECT welcome_message FROM campaigns") == "Hello."
    assert await api.phones(body["id"]) == [ANN]


async def test_what_is_being_edited_is_not_announced_and_comes_with_the_edit(api: Api) -> None:
    body = await created(api, **LATER, phone_numbers=[ANN])
    await api.execute("UPDATE campaigns SET scheduled_time = now(), next_due_at = now()")
    async with api.engine.begin() as hindering:
        await hindering.execute(sql("edit_list"))
        await hindering.exec_driver_sql("LOCK TABLE campaign_events IN SHARE ROW EXCLUSIVE MODE")
        path = f"/api/campaigns/{body['id']}"
        answer = await meanwhile(api, api.client.patch(path, json=edition(3), headers={"If-Match": "*"}))
        assert await get_scheduled_campaigns_to_run(api.engine, 10) == []
    assert (await answer).status_code == 200
    assert [str(due.id) for due in await get_scheduled_campaigns_to_run(api.engine, 10)] == [body["id"]]
    (taken,) = await take_over(api.engine, await dialer(api), [UUID(body["id"])], actor="dialer")
    await check(api, taken, [3])


async def test_an_old_message_of_the_scheduler_does_not_start_what_was_given_another_time(api: Api) -> None:
    body = await created(api, **LATER, phone_numbers=[ANN])
    path = f"/api/campaigns/{body['id']}"
    await api.execute("UPDATE campaigns SET scheduled_time = now(), next_due_at = now()")
    assert await get_scheduled_campaigns_to_run(api.engine, 10), "and the message is under way"
    assert (await api.client.post(f"{path}/pause")).status_code == 200
    later = {"scheduled_time": "2036-01-01T10:00"}
    assert (await api.client.patch(path, json=later, headers={"If-Match": "*"})).status_code == 200
    assert (await api.client.post(f"{path}/resume")).json()["status"] == "scheduled"
    assert await take_over(api.engine, await dialer(api), [UUID(body["id"])], actor="dialer") == []


async def test_edits_at_once_for_one_state_have_one_winner(api: Api) -> None:
    body = await created(api, **LATER, phone_numbers=[ANN])
    path = f"/api/campaigns/{body['id']}"
    for _ in range(10):
        known = (await api.client.get(path)).headers["etag"]
        answers = await asyncio.gather(*(edit(api, body["id"], 2 + number, known, 0.0) for number in range(6)))
        assert sorted(answers) == [200, *[412] * 5]
        (row,) = await api.rows("SELECT * FROM campaigns")
        assert await api.phones(body["id"]) == [f"+1415555{1000 + row.concurrency}"]
        assert row.name == f"{row.concurrency}"


async def test_edits_at_once_for_whatever_state_there_is_all_happen_one_after_the_other(api: Api) -> None:
    body = await created(api, **LATER, phone_numbers=[ANN])
    more = [{"contacts": {"add": {"phone_numbers": [f"+1415555{2000 + number}"]}}} for number in range(4)]
    path = f"/api/campaigns/{body['id']}"
    answers = await asyncio.gather(*(api.client.patch(path, json=patch, headers={"If-Match": "*"}) for patch in more))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(await api.phones(body["id"])) == 5
    assert (await api.client.get(path)).json()["progress"]["total"] == 5


# ---- by real processes


async def test_a_dialer_that_ran_a_campaign_before_says_the_new_message_to_the_new_list(
    world: World,
) -> None:
    first, second, third, removed = numbers(4)
    service = world.start("api")
    world.start("scheduler")
    world.start("dialer")
    await world.behave(talk_seconds=[0.05, 0.05])
    campaign = await world.campaign([first, second, removed], concurrency=1, max_attempts=1)
    path = f"/api/campaigns/{campaign}"

    async def begun() -> bool:
        return bool(await world.one("SELECT count(*) FROM attempts WHERE status = 'completed'"))

    await eventually(begun, interval=0.005)
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, trust_env=False) as client:
        assert (await client.post(f"{path}/pause")).status_code == 200
        called = {row.phone for row in await world.rows("SELECT phone FROM attempts WHERE status <> 'cancelled'")}
        patch = {
            "welcome_message": "This is another message.",
            "contacts": {"remove": [removed], "add": {"phone_numbers": [third]}},
        }
        answer = await client.patch(path, json=patch, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        assert (await client.post(f"{path}/resume")).status_code == 200
    await world.reaches(campaign, "completed")
    heard = {call["to"]: call["heard"] for call in await world.truth() if call["heard"]}
    assert "another message" in heard[third]
    assert {phone for phone, said in heard.items() if said == "Hello, this is a test."} == called
    assert removed not in heard or removed in called
    await world.check()
