"""Pause, cancel, resume and start over HTTP: what each does from each status, and what it answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from tests.support.api import EMAIL, PASSWORD, Api, a_call, created, refused

from belltower.db.due import complete_if_done, get_scheduled_campaigns_to_run
from belltower.db.engine import connect_directly
from belltower.db.moves import pause_all
from belltower.db.notify import CHANNEL
from belltower.db.ownership import take_over
from belltower.domain.campaign import CampaignStatus
from belltower.domain.principal import Role
from belltower_api import move_campaign

LATER = "2035-07-01T09:30:00"
MOVES = ("pause", "cancel", "resume", "start")
SAME = "same"
REFUSED = "refused"
# What becomes of a campaign in a status that is paused, cancelled, resumed, started.
OUTCOMES = {
    "scheduled": ("paused", "cancelled", SAME, "pending"),
    "pending": ("paused", "cancelled", SAME, SAME),
    "processing": ("paused", "cancelled", SAME, SAME),
    "paused": (SAME, "cancelled", "pending", "pending"),
    "completed": (REFUSED, REFUSED, REFUSED, REFUSED),
    "failed": (REFUSED, REFUSED, REFUSED, REFUSED),
    "cancelled": (REFUSED, SAME, REFUSED, REFUSED),
}


async def in_status(api: Api, status: str) -> str:
    """A campaign that came to a status; its path."""
    scheduled = {"is_scheduled": True, "scheduled_time": LATER} if status == "scheduled" else {}
    body = await created(api, **scheduled)
    if status == "processing":
        await api.execute(
            "UPDATE campaigns SET status = 'processing', owner = 1, epoch = 1, started_at = now(), taken_at = now()"
        )
    elif status not in ("scheduled", "pending"):
        await api.execute("UPDATE campaigns SET status = :status, next_due_at = NULL", status=status)
    return f"/api/campaigns/{body['id']}"


async def row(api: Api) -> Any:
    (found,) = await api.rows("SELECT * FROM campaigns")
    return found


@pytest.mark.parametrize(
    ("status", "move", "outcome"),
    [(status, *pair) for status, row in OUTCOMES.items() for pair in zip(MOVES, row, strict=True)],
)
async def test_every_move_from_every_status(api: Api, status: str, move: str, outcome: str) -> None:
    path = await in_status(api, status)
    before = await row(api)
    answer = await api.client.post(f"{path}/{move}")
    after = await row(api)
    if outcome == REFUSED:
        problem = refused(answer, 409, "illegal_transition", f"The campaign is {status}")
        assert ("retry" in problem["detail"]) == (status != "cancelled"), "it says what can be done instead"
        assert after == before
        return
    assert answer.status_code == 200, answer.text
    assert answer.json() == (await api.client.get(path)).json()
    if outcome == SAME:
        assert after == before
        return
    assert answer.json()["status"] == after.status == outcome
    assert (after.owner, after.announced_at, after.status_reason) == (None, None, None)
    assert (after.next_due_at is not None) == (outcome == "pending")
    assert (after.completed_at is not None) == (outcome == "cancelled")
    assert (after.epoch > before.epoch) or outcome == "pending"
    last = (await api.client.get(f"{path}/events")).json()["items"][-1]
    assert (last["from"], last["to"]) == (status, outcome)
    assert last["actor"] == (await api.client.get(f"{path}/events")).json()["items"][0]["actor"], "who created it"


async def test_a_person_who_is_a_member_moves_campaigns_and_the_history_has_their_name(api: Api) -> None:
    await api.add_person(role=Role.MEMBER)
    body = await created(api)
    async with api.browser() as browser:
        await browser.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
        for move in ("pause", "resume", "cancel"):
            assert (await browser.post(f"/api/campaigns/{body['id']}/{move}")).status_code == 200
        assert (await browser.post("/api/pause-all")).json() == {"paused": 0, "dialling": 0}
    actors = [row.actor for row in await api.rows("SELECT actor FROM campaign_events ORDER BY id")]
    assert actors[1:] == [f"user {EMAIL}"] * 3


async def test_anothers_campaign_and_one_that_was_deleted_are_not_there(api: Api) -> None:
    body = await created(api)
    other = await api.another_account()
    for move in MOVES:
        refused(await other.client.post(f"/api/campaigns/{body['id']}/{move}"), 404, "not_found")
    assert (await other.client.post("/api/pause-all")).json() == {"paused": 0, "dialling": 0}
    assert (await row(api)).status == "pending"
    await api.client.post(f"/api/campaigns/{body['id']}/cancel")
    assert (await api.client.delete(f"/api/campaigns/{body['id']}")).status_code == 204
    for move in MOVES:
        refused(await api.client.post(f"/api/campaigns/{body['id']}/{move}"), 404, "not_found")
    await other.client.aclose()


# ---- stopping


async def test_a_stop_does_not_touch_contacts(api: Api) -> None:
    body = await created(api, phone_numbers=[f"+1415555010{digit}" for digit in range(10)])
    before = await api.rows("SELECT ctid, xmin, * FROM contacts ORDER BY id")
    answer = await api.client.post(f"/api/campaigns/{body['id']}/cancel")
    assert await api.rows("SELECT ctid, xmin, * FROM contacts ORDER BY id") == before
    assert answer.json()["progress"]["waiting"] == answer.json()["progress"]["total"] == 10
    assert answer.json()["next_due_at"] is None
    assert answer.json()["completed_at"] is not None


async def test_calls_that_have_not_rung_are_called_off_and_others_go_on(api: Api) -> None:
    phones = [f"+1415555010{digit}" for digit in range(4)]
    body = await created(api, phone_numbers=phones)
    other = await created(api, phone_numbers=["+14155550199"])
    later = datetime.now(UTC) + timedelta(hours=1)
    contacts = [each.id for each in await api.rows("SELECT id FROM contacts ORDER BY id")]
    for contact, phone, status in zip(
        contacts, [*phones, "+14155550199"], ("dialling", "queued", "ringing", "in_progress", "queued"), strict=True
    ):
        campaign_id = body["id"] if phone in phones else other["id"]
        await a_call(api, campaign_id, contact_id=contact, phone=phone, status=status, check_at=later)
    answer = await api.client.post(f"/api/campaigns/{body['id']}/pause")
    assert (answer.status_code, answer.json()["dialling"]) == (202, 1)
    calls = await api.rows("SELECT called_off, check_at <= clock_timestamp() AS due FROM attempts ORDER BY contact_id")
    assert [tuple(call) for call in calls] == [
        (True, False),  # its request is under way
        (True, True),
        (False, False),
        (False, False),
        (False, False),  # another campaign's
    ]


async def test_the_answer_waits_for_calls_that_are_being_placed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move_campaign, "PATIENCE", 30.0)
    body = await created(api)
    await a_call(api, body["id"], status="dialling")
    stopping = asyncio.create_task(api.client.post(f"/api/campaigns/{body['id']}/cancel"))
    done, _ = await asyncio.wait({stopping}, timeout=0.3)
    assert not done
    assert (await row(api)).status == "cancelled", "it is, whatever is being placed"
    await api.execute("UPDATE attempts SET status = 'queued'")
    answer = await stopping
    assert answer.status_code == 200
    assert answer.json() == (await api.client.get(f"/api/campaigns/{body['id']}")).json()


async def test_after_two_seconds_it_says_how_many_are_and_tells_the_same_to_whoever_asks_again(api: Api) -> None:
    body = await created(api)
    await a_call(api, body["id"], status="dialling")
    path = f"/api/campaigns/{body['id']}/pause"
    began = asyncio.get_running_loop().time()
    first = await api.client.post(path, headers={"Idempotency-Key": "k1"})
    assert 1.9 < asyncio.get_running_loop().time() - began < 10
    assert (first.status_code, first.json()["status"], first.json()["dialling"]) == (202, "paused", 1)
    replayed = await api.client.post(path, headers={"Idempotency-Key": "k1"})
    assert (replayed.status_code, replayed.json(), replayed.headers["Idempotent-Replayed"]) == (
        202,
        first.json(),
        "true",
    )
    assert (await api.client.post(path)).status_code == 202, "paused before, and still being placed"
    await api.execute("UPDATE attempts SET status = 'not_placed', check_at = NULL, hold = 0")
    assert (await api.client.post(path)).status_code == 200


async def test_what_is_kept_is_the_answer_that_was_given(api: Api) -> None:
    """The move and its answer are kept in one transaction, and that answer is amended when the calls have been placed."""
    body = await created(api)
    await a_call(api, body["id"], status="dialling")
    path, key = f"/api/campaigns/{body['id']}/pause", {"Idempotency-Key": "k1"}
    stopping = asyncio.create_task(api.client.post(path, headers=key))
    await asyncio.wait({stopping}, timeout=0.3)
    meanwhile = await api.client.post(path, headers=key)
    assert (meanwhile.status_code, meanwhile.headers["Idempotent-Replayed"]) == (202, "true")
    await api.execute("UPDATE attempts SET status = 'queued'")
    answer = await stopping
    assert answer.status_code == 200
    again = await api.client.post(path, headers=key)
    assert (again.status_code, again.json()) == (200, answer.json())


async def test_a_move_that_is_sent_again_does_not_undo_what_came_after_it(api: Api) -> None:
    body = await created(api)
    path, key = f"/api/campaigns/{body['id']}", {"Idempotency-Key": "k1"}
    assert (await api.client.post(f"{path}/pause", headers=key)).json()["status"] == "paused"
    assert (await api.client.post(f"{path}/resume", headers=key)).json()["status"] == "pending", "another operation"
    replayed = await api.client.post(f"{path}/pause", headers=key)
    assert (replayed.status_code, replayed.json()["status"]) == (200, "paused")
    assert (await row(api)).status == "pending"


async def test_a_paused_campaign_whose_last_call_ends_is_completed(api: Api) -> None:
    body = await created(api)
    await api.client.post(f"/api/campaigns/{body['id']}/pause")
    await api.execute("UPDATE contacts SET status = 'reached', next_attempt_at = NULL")
    assert await complete_if_done(api.engine, body["id"], actor="outcome")
    shown = (await api.client.get(f"/api/campaigns/{body['id']}")).json()
    assert (shown["status"], shown["next_due_at"]) == ("completed", None)


async def test_a_cancelled_campaign_whose_last_call_ends_stays_cancelled(api: Api) -> None:
    body = await created(api)
    await api.client.post(f"/api/campaigns/{body['id']}/cancel")
    await api.execute("UPDATE contacts SET status = 'reached', next_attempt_at = NULL")
    assert not await complete_if_done(api.engine, body["id"], actor="outcome")


# ---- going on


async def test_a_paused_campaign_whose_time_is_to_come_is_scheduled_again(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time=LATER, timezone="Europe/Berlin")
    path = f"/api/campaigns/{body['id']}"
    paused = (await api.client.post(f"{path}/pause")).json()
    assert (paused["scheduled_time"], paused["next_due_at"]) == (body["scheduled_time"], None)
    resumed = (await api.client.post(f"{path}/resume")).json()
    assert resumed["status"] == "scheduled"
    assert resumed["next_due_at"] == resumed["scheduled_time"] == body["scheduled_time"]


async def test_a_paused_campaign_whose_time_has_passed_starts_when_it_is_resumed(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time=LATER)
    await api.client.post(f"/api/campaigns/{body['id']}/pause")
    await api.execute("UPDATE campaigns SET scheduled_time = now() - interval '2 hours'")
    resumed = (await api.client.post(f"/api/campaigns/{body['id']}/resume")).json()
    assert resumed["status"] == "pending"
    assert await api.one("SELECT next_due_at BETWEEN now() - interval '5 seconds' AND now() FROM campaigns")
    assert await started(api, body["id"]) < 5, "it was late for its own time, and not for the one it was resumed at"


async def started(api: Api, campaign_id: str) -> float:
    """Have a dialer take the only campaign over; its lateness."""
    dialer = await api.one("SELECT max(id) FROM dialers")
    if dialer is None:
        await api.execute("INSERT INTO dialers (name, lapses_at) VALUES ('test', now() + interval '1 hour')")
        dialer = await api.one("SELECT max(id) FROM dialers")
    ids = [each.id for each in await get_scheduled_campaigns_to_run(api.engine, 10)]
    (taken,) = await take_over(api.engine, dialer, ids, actor="test")
    assert taken.first_start
    shown = (await api.client.get(f"/api/campaigns/{campaign_id}")).json()
    assert shown["status"] == "processing"
    return float(shown["start_lateness"])


async def test_a_scheduled_campaign_that_is_started_has_its_time_brought_forward(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time=LATER, timezone="Asia/Tokyo")
    path = f"/api/campaigns/{body['id']}"
    begun = (await api.client.post(f"{path}/start")).json()
    assert (begun["status"], begun["is_scheduled"]) == ("pending", True)
    assert await api.one("SELECT now() - scheduled_time BETWEEN interval '0' AND interval '5 seconds' FROM campaigns")
    assert await api.one("SELECT scheduled_wall AT TIME ZONE timezone = scheduled_time FROM campaigns")
    await api.client.post(f"{path}/pause")
    assert (await api.client.post(f"{path}/resume")).json()["status"] == "pending", "it does not wait for its old time"
    assert 0 <= await started(api, body["id"]) < 5


@pytest.mark.parametrize(
    ("change", "due_in"),
    [
        ("UPDATE contacts SET next_attempt_at = now() + interval '30 minutes'", 1800),
        ("UPDATE contacts SET status = 'calling', next_attempt_at = NULL", 61),
        ("UPDATE contacts SET status = 'reached', next_attempt_at = NULL", 0),
        ("SELECT 1", 0),
    ],
    ids=["a retry", "a live call", "nothing is left", "somebody waits"],
)
async def test_a_resumed_campaign_is_due_when_there_is_work_for_it(api: Api, change: str, due_in: float) -> None:
    body = await created(api)
    await api.client.post(f"/api/campaigns/{body['id']}/pause")
    await api.execute(change)
    if "calling" in change:
        await a_call(api, body["id"], status="ringing", check_at=datetime.now(UTC) + timedelta(seconds=60))
    assert (await api.client.post(f"/api/campaigns/{body['id']}/resume")).json()["status"] == "pending"
    left = await api.one("SELECT extract(epoch FROM next_due_at - clock_timestamp()) FROM campaigns")
    assert due_in - 5 < left <= due_in


async def test_a_resumed_campaign_may_lose_three_owners_again(api: Api) -> None:
    path = await in_status(api, "paused")
    await api.execute("UPDATE campaigns SET evictions = 3, status_reason = 'Three dialers in a row were lost.'")
    assert (await api.client.post(f"{path}/resume")).json()["status_reason"] is None
    assert (await row(api)).evictions == 0


async def test_to_go_on_takes_the_minimum_balance_and_to_stop_does_not(api: Api) -> None:
    for status, move in (("paused", "resume"), ("paused", "start"), ("scheduled", "start")):
        await api.execute("UPDATE accounts SET balance = 100")
        path = await in_status(api, status)
        await api.execute("UPDATE accounts SET balance = 1")
        refused(await api.client.post(f"{path}/{move}"), 402, "insufficient_funds")
        assert (await api.client.get(path)).json()["status"] == status
        assert (await api.client.post(f"{path}/cancel")).status_code == 200
        await api.client.delete(path)


@pytest.mark.parametrize("change", ["SELECT 1", "UPDATE contacts SET next_attempt_at = now() + interval '30 minutes'"])
async def test_schedulers_are_woken_for_what_is_due_before_they_would_look(api: Api, change: str) -> None:
    path = await in_status(api, "paused")
    await api.execute(change)
    listener = await connect_directly(api.settings, name="test")
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(_: asyncpg.Connection, __: int, channel: str, payload: str) -> None:
        heard.put_nowait(payload)

    await listener.add_listener(CHANNEL, hear)
    await api.client.post(f"{path}/resume")
    if change == "SELECT 1":
        assert float(await asyncio.wait_for(heard.get(), 5)) == pytest.approx(0, abs=5)
    else:
        await listener.execute("SELECT pg_notify($1, 'last')", CHANNEL)
        assert await asyncio.wait_for(heard.get(), 5) == "last"
    await listener.close()


# ---- all at once


async def test_all_calling_is_stopped(api: Api) -> None:
    async with api.engine.connect() as connection:
        others = [await created(api) for _ in range(6)]
        await created(api, is_scheduled=True, scheduled_time=LATER)
        for body, status in zip(others[:3], ("paused", "completed", "cancelled"), strict=True):
            await api.execute(
                "UPDATE campaigns SET status = :status, next_due_at = NULL WHERE id = :id", id=body["id"], status=status
            )
        await api.execute(
            "UPDATE campaigns SET status = 'processing', owner = 1, epoch = 1 WHERE id = :id", id=others[3]["id"]
        )
        bystander = await api.another_account()
        foreign = await created(bystander)
        before = await connection.execute(text("SELECT id, status FROM campaigns"))
        statuses = {str(row.id): row.status for row in before}
    test_call = await api.client.post("/api/test-calls", json={"phone": "+14155550177", "welcome_message": "Hello."})
    assert test_call.status_code == 201
    key = {"Idempotency-Key": "k1"}
    answer = await api.client.post("/api/pause-all", headers=key)
    assert (answer.status_code, answer.json()) == (200, {"paused": 5, "dialling": 0})
    replayed = await api.client.post("/api/pause-all", headers=key)
    assert (replayed.json(), replayed.headers["Idempotent-Replayed"]) == (answer.json(), "true")
    assert (await api.client.post("/api/pause-all")).json() == {"paused": 0, "dialling": 0}
    for each in await api.rows("SELECT * FROM campaigns"):
        was = statuses.get(str(each.id), "pending")
        running = was in ("scheduled", "pending", "processing") and str(each.id) != foreign["id"]
        assert each.status == ("paused" if running else was)
        assert each.owner is None
        assert (each.next_due_at is None) == (str(each.id) != foreign["id"])
    await bystander.client.aclose()


async def test_calls_that_are_being_placed_are_told_when_all_calling_is_stopped(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_campaign, "PATIENCE", 0.2)
    body = await created(api)
    await a_call(api, body["id"], status="dialling")
    answer = await api.client.post("/api/pause-all")
    assert (answer.status_code, answer.json()) == (202, {"paused": 1, "dialling": 1})
    await api.execute("UPDATE attempts SET status = 'queued'")
    assert (await api.client.post("/api/pause-all")).status_code == 200
    assert await api.one("SELECT called_off FROM attempts")


async def test_many_campaigns_are_paused_in_several_transactions(api: Api) -> None:
    for _ in range(7):
        await created(api)
    assert await pause_all(api.engine, api.account, actor="test", batch=3) == 7
    sizes = await api.rows("SELECT count(*) FROM campaigns GROUP BY changed ORDER BY 1")
    assert [size[0] for size in sizes] == [1, 3, 3]
    assert {each.status for each in await api.rows("SELECT status FROM campaigns")} == {CampaignStatus.PAUSED}
