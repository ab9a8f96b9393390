"""Campaigns over HTTP: what is written, what is shown, whose it is, and how it goes away."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import insert
from tests.support.api import Api, a_call, created, refused

from belltower.db.engine import connect_directly
from belltower.db.notify import CHANNEL
from belltower.db.tables import unfolded


def from_now(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


async def test_an_immediate_campaign_is_pending_and_due_at_once(api: Api) -> None:
    response = await api.create(phone_numbers=["+14155550123", "+44 20 7946 0000"])
    body = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"/api/campaigns/{body['id']}"
    assert body["status"] == "pending"
    assert (body["concurrency"], body["max_attempts"], body["retry_delay"]) == (10, 1, 1800)
    assert (body["caller_id"], body["timezone"], body["language"]) == ("+14155550100", "UTC", "en-US")
    assert body["scheduled_time"] is None
    assert body["progress"]["total"] == body["progress"]["waiting"] == 2
    assert (await api.client.get(response.headers["location"])).json() == {
        name: value for name, value in body.items() if name not in ("rejected", "duplicates", "warnings")
    }
    assert await api.phones(body["id"]) == ["+14155550123", "+442079460000"]
    assert await api.one("SELECT next_due_at <= clock_timestamp() FROM campaigns")
    assert await api.one("SELECT bool_and(next_attempt_at <= clock_timestamp()) FROM contacts")


async def test_a_scheduled_campaign_waits_for_its_instant_and_keeps_the_wall_time_that_was_meant(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time="2031-01-17T09:30", timezone="Europe/Berlin")

    assert (body["status"], body["scheduled_time"]) == ("scheduled", "2031-01-17T08:30:00.000Z")
    assert body["next_due_at"] == "2031-01-17T08:30:00.000Z"
    assert body["timezone"] == "Europe/Berlin"
    assert await api.one("SELECT scheduled_wall FROM campaigns") == datetime(2031, 1, 17, 9, 30)  # noqa: DTZ001


async def test_a_whole_number_may_be_written_with_a_point(api: Api) -> None:
    """JSON knows one kind of numbers: 2.0 is 2 (JSON Schema, 6.3)."""
    body = await created(api, concurrency=2.0, retry_delay=60.0)
    assert (body["concurrency"], body["retry_delay"]) == (2, 60)


async def test_numbers_may_come_as_text_and_the_good_ones_are_kept(api: Api) -> None:
    body = await created(api, phone_numbers="+14155550123, nonsense;+1 (415) 555-0124\n\n0014155550123,+12")

    assert await api.phones(body["id"]) == ["+14155550123", "+14155550124"]
    assert body["duplicates"] == 1
    assert body["rejected"] == {
        "count": 2,
        "by_reason": {"not_a_phone_number": 2},
        "items": [
            {
                "source": "phone_numbers",
                "line": 2,
                "value": "nonsense",
                "code": "not_a_phone_number",
                "reason": "it is not a telephone number",
            },
            {
                "source": "phone_numbers",
                "line": 5,
                "value": "+12",
                "code": "not_a_phone_number",
                "reason": "it is not a telephone number",
            },
        ],
    }


async def test_many_rejected_numbers_are_counted_and_the_first_hundred_told(api: Api) -> None:
    body = await created(api, phone_numbers=["+14155550123"] + ["x"] * 150)

    assert body["rejected"]["count"] == 150
    assert [item["line"] for item in body["rejected"]["items"]] == list(range(2, 102))


async def test_the_history_names_the_api_key_that_created_a_campaign(api: Api) -> None:
    body = await created(api)
    prefix = await api.one("SELECT prefix FROM api_keys WHERE account_id = :id", id=api.account)
    await api.execute("UPDATE campaigns SET status = 'processing', status_actor = 'dialer 7'")
    await api.execute("UPDATE campaigns SET status = 'paused', status_reason = 'Why.', next_due_at = NULL")

    events = (await api.client.get(f"/api/campaigns/{body['id']}/events")).json()

    assert [(event["from"], event["to"]) for event in events["items"]] == [
        (None, "pending"),
        ("pending", "processing"),
        ("processing", "paused"),
    ]
    assert events["items"][0]["actor"] == f"api key {prefix}"
    assert events["items"][1]["actor"] == "dialer 7"
    assert events["items"][2]["reason"] == "Why."
    assert events["total"] == 3
    page = (await api.client.get(f"/api/campaigns/{body['id']}/events", params={"limit": 2})).json()
    rest = await api.client.get(f"/api/campaigns/{body['id']}/events", params={"cursor": page["next_cursor"]})
    assert page["items"] + rest.json()["items"] == events["items"]


@pytest.mark.parametrize(
    ("schedule", "wakes"),
    [({}, True), ({"seconds": 30}, True), ({"minutes": 10}, False)],
    ids=["due now", "within the check interval", "later"],
)
async def test_schedulers_are_woken_only_for_work_that_is_nearer_than_their_next_look(
    api: Api, schedule: dict[str, float], wakes: bool
) -> None:
    heard: list[float] = []

    def hear(_: Any, __: int, ___: str, payload: object) -> None:
        heard.append(float(str(payload)))

    listener: asyncpg.Connection = await connect_directly(api.settings, name="listener")
    await listener.add_listener(CHANNEL, hear)
    await created(api, **({"is_scheduled": True, "scheduled_time": from_now(**schedule)} if schedule else {}))
    await listener.execute("SELECT 1")  # what was notified before this has arrived with its answer
    await listener.close()
    assert len(heard) == wakes
    assert heard == [pytest.approx(schedule.get("seconds", 0), abs=5)] or not wakes, "seconds until it is due"


async def test_campaigns_are_listed_newest_first_in_pages(api: Api) -> None:
    ids = [(await created(api, name=f"Campaign {number}"))["id"] for number in range(5)]
    scheduled = await created(api, is_scheduled=True, scheduled_time=from_now(days=1))

    first = (await api.client.get("/api/campaigns", params={"limit": 4})).json()
    second = (await api.client.get("/api/campaigns", params={"limit": 4, "cursor": first["next_cursor"]})).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [scheduled["id"], *reversed(ids)]
    assert (first["total"], second["total"], second["next_cursor"]) == (6, 6, None)
    waiting = (await api.client.get("/api/campaigns", params={"status": "scheduled"})).json()
    assert ([item["id"] for item in waiting["items"]], waiting["total"]) == ([scheduled["id"]], 1)
    assert (await api.client.get("/api/campaigns", params={"status": "failed"})).json()["items"] == []


async def test_campaigns_are_found_by_name_and_by_the_instant_they_are_scheduled_for(api: Api) -> None:
    soon, later = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(days=3)
    await created(api, name="Spring 100 % off")
    for name, instant in (("Reminder: SPRING sale", soon), ("Reminder: 1000 years", later)):
        await created(api, name=name, is_scheduled=True, scheduled_time=instant.isoformat())

    async def found(**query: str) -> list[str]:
        page = (await api.client.get("/api/campaigns", params=query)).json()
        assert page["total"] == len(page["items"])
        return [campaign["name"] for campaign in page["items"]]

    assert await found(search="spring") == ["Reminder: SPRING sale", "Spring 100 % off"]
    assert await found(search="100 %") == ["Spring 100 % off"], "what a pattern would mean is meant literally"
    assert await found(search="spring", status="scheduled") == ["Reminder: SPRING sale"]
    assert await found(scheduled_from=soon.isoformat()) == ["Reminder: 1000 years", "Reminder: SPRING sale"]
    assert await found(scheduled_from=soon.isoformat(), scheduled_to=later.isoformat()) == ["Reminder: SPRING sale"]
    assert await found(scheduled_to=soon.isoformat()) == []
    for wrong in ("tomorrow", "0.5", "1900000000", "2030-05-17T09:30:00", "2030-05-17"):
        refused(
            await api.client.get("/api/campaigns", params={"scheduled_to": wrong}),
            400,
            "invalid_instant",
            "scheduled_to",
        )
    refused(
        await api.client.get("/api/campaigns", params={"scheduled_to": "0001-01-01T00:00:00+14:00"}),
        400,
        "invalid_instant",
        "1970",
    )
    refused(await api.client.get("/api/campaigns", params={"search": "\x00"}), 400, "invalid_text", "search")


async def test_campaigns_are_found_by_when_they_were_created_and_whether_they_were_to_start_at_once(api: Api) -> None:
    first, second = await created(api, name="First"), await created(api, name="Second")
    await created(api, name="Planned", is_scheduled=True, scheduled_time=from_now(days=1))

    async def found(**query: str) -> list[str]:
        page = (await api.client.get("/api/campaigns", params=query)).json()
        assert page["total"] == len(page["items"])
        return [campaign["name"] for campaign in page["items"]]

    between = {"created_from": first["created_at"], "created_to": second["created_at"]}
    assert await found(**between) == ["First"], "the first instant is meant, the last is not"
    assert await found(created_from=second["created_at"]) == ["Planned", "Second"]
    assert await found(created_from=second["created_at"], is_scheduled="false") == ["Second"]
    assert await found(is_scheduled="true") == ["Planned"]
    for name in ("created_from", "created_to"):
        refused(await api.client.get("/api/campaigns", params={name: "yesterday"}), 400, "invalid_instant", name)
    refused(
        await api.client.get("/api/campaigns", params={"is_scheduled": "perhaps"}), 400, "wrong_type", "is_scheduled"
    )


async def test_progress_adds_what_is_not_folded_yet(api: Api) -> None:
    body = await created(api, phone_numbers=[f"+1415555{number:04d}" for number in range(10)])
    async with api.engine.begin() as connection:
        change = {
            "contact_waiting": -3,
            "contact_reached": 2,
            "contact_calling": 1,
            "call_completed": 2,
            "call_busy": 1,
        }
        await connection.execute(insert(unfolded).values(account_id=api.account, campaign_id=body["id"], **change))

    progress = (await api.client.get(f"/api/campaigns/{body['id']}")).json()["progress"]

    assert progress.pop("dispositions") == {
        "completed": 2, "voicemail": 0, "busy": 1, "no_answer": 0, "failed": 0, "cancelled": 0, "not_placed": 0, "unknown": 0
    }  # fmt: skip
    assert progress == {
        "total": 10, "completed": 2, "in_progress": 1, "waiting": 7,
        "successful": 2, "failed": 0, "skipped": 0, "expired": 0, "unknown": 0, "undecided": 0,
    }  # fmt: skip


async def test_a_start_says_how_late_it_was(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time=from_now(seconds=60))
    assert body["start_lateness"] is None
    await api.execute("UPDATE campaigns SET started_at = scheduled_time + interval '4 milliseconds'")

    assert (await api.client.get(f"/api/campaigns/{body['id']}")).json()["start_lateness"] == 0.004


async def test_calls_are_listed_newest_first_with_their_cost(api: Api) -> None:
    body = await created(api)
    now = datetime.now(UTC).replace(microsecond=0)
    ended = {"status": "completed", "check_at": None, "hold": "0", "ended_at": now, "answered_at": now}
    ids = sorted(uuid4() for _ in range(3))
    for number, call in enumerate(ids, start=1):
        await a_call(api, body["id"], id=call, number=number, duration=61, cost="0.04", **ended)

    calls = (await api.client.get(f"/api/campaigns/{body['id']}/calls", params={"limit": 2})).json()

    assert [call["id"] for call in calls["items"]] == [str(ids[2]), str(ids[1])]
    assert calls["total"] == 3
    newest = calls["items"][0]
    assert (newest["to"], newest["status"], newest["attempt"]) == ("+14155550123", "completed", 3)
    assert (newest["duration"], newest["cost"], newest["currency"]) == (61, "0.04", "USD")
    assert newest["ended_at"] == now.isoformat().replace("+00:00", ".000Z")
    rest = await api.client.get(f"/api/campaigns/{body['id']}/calls", params={"cursor": calls["next_cursor"]})
    assert [call["id"] for call in rest.json()["items"]] == [str(ids[0])]


async def test_calls_are_found_by_status_and_number(api: Api) -> None:
    body = await created(api)
    path = f"/api/campaigns/{body['id']}/calls"
    over = {"check_at": None, "hold": "0"}
    busy = await a_call(api, body["id"], number=1, status="busy", **over)
    done = await a_call(api, body["id"], number=2, status="completed", phone="+14155550124", **over)

    async def found(**query: str) -> list[str]:
        page = (await api.client.get(path, params=query)).json()
        assert page["total"] == len(page["items"])
        return [call["id"] for call in page["items"]]

    assert await found(status="busy") == await found(disposition="busy") == [str(busy)]
    assert await found(status="completed", disposition="busy") == []
    refused(await api.client.get(path, params={"disposition": "ringing"}), 400, "invalid_choice", "disposition")
    assert await found(number="+1 415 555 0124") == [str(done)]
    assert await found(number="+14155550124", status="busy") == []
    refused(await api.client.get(path, params={"status": "engaged"}), 400, "invalid_choice", "status")
    refused(await api.client.get(path, params={"number": "12"}), 400, "invalid_number", "number")


async def test_a_campaign_is_summed_up_minute_by_minute(api: Api) -> None:
    body = await created(api)
    path = f"/api/campaigns/{body['id']}/stats"
    nothing = (await api.client.get(path)).json()
    assert (nothing["calls"], nothing["answer_rate"], nothing["timeline"], nothing["cost"]) == (0, None, [], "0.00")

    first = datetime(2026, 3, 1, 9, 30, 20, tzinfo=UTC)
    over = {"check_at": None, "hold": "0", "account_id": api.account}
    ids = iter(sorted(uuid4() for _ in range(4)))
    for number, (after, status, more) in enumerate(
        [(0, "completed", {"duration": 61, "cost": "0.04"}), (39, "busy", {}), (40, "no_answer", {})], start=1
    ):
        at = first + timedelta(seconds=after)
        await a_call(api, body["id"], id=next(ids), number=number, status=status, gated_at=at, **over, **more)
    await a_call(api, body["id"], id=next(ids), number=4, status="not_placed", gated_at=first, **over)
    await api.execute("UPDATE campaigns SET started_at = created_at + interval '3 milliseconds'")

    summed = (await api.client.get(path)).json()

    assert (summed["start_lateness"], summed["span"], summed["progress"]["total"]) == (0.003, 60, 1)
    assert (summed["calls"], summed["answered"], summed["answer_rate"]) == (3, 1, 0.3333)
    assert (summed["talk_seconds"], summed["cost"], summed["currency"]) == (61, "0.04", "USD")
    assert summed["timeline"] == [
        {"at": "2026-03-01T09:30:00.000Z", "placed": 2, "answered": 1, "talk_seconds": 61, "cost": "0.04"},
        {"at": "2026-03-01T09:31:00.000Z", "placed": 1, "answered": 0, "talk_seconds": 0, "cost": "0.00"},
    ]


async def test_a_long_campaign_is_summed_up_over_longer_spans(api: Api) -> None:
    body = await created(api)
    first = datetime(2026, 3, 1, tzinfo=UTC)
    for number, call in enumerate(sorted(uuid4() for _ in range(2)), start=1):
        at = first + timedelta(days=number)
        await a_call(api, body["id"], id=call, number=number, status="busy", gated_at=at, check_at=None, hold="0")
    summed = (await api.client.get(f"/api/campaigns/{body['id']}/stats")).json()
    assert (summed["span"], len(summed["timeline"])) == (300, 2)


async def test_the_wallet_shows_what_calls_hold(api: Api) -> None:
    body = await created(api)
    await a_call(api, body["id"], hold="0.20")
    async with api.engine.begin() as connection:
        await connection.execute(insert(unfolded).values(account_id=api.account, amount="-1.25"))

    assert (await api.client.get("/api/wallet")).json() == {
        "balance": "98.75", "held": "0.20", "available": "98.55", "minimum_balance": "10.00", "currency": "USD"
    }  # fmt: skip


async def test_the_ledger_is_listed_newest_first_and_only_to_its_account(api: Api) -> None:
    await api.another_account()
    for amount in ("-0.04", "-0.06"):
        await api.execute(
            "INSERT INTO ledger_entries (account_id, kind, amount, note) VALUES (:id, 'correction', :amount, 'a note')",
            id=api.account,
            amount=Decimal(amount),
        )
    page = (await api.client.get("/api/wallet/entries", params={"limit": 2})).json()
    assert [entry["amount"] for entry in page["items"]] == ["-0.06", "-0.04"]
    assert page["total"] == 3
    assert page["items"][0] | {"id": 0, "at": ""} == {
        "id": 0, "at": "", "kind": "correction", "amount": "-0.06", "written_off": "0.00", "currency": "USD",
        "call_id": None, "note": "a note",
    }  # fmt: skip
    rest = (await api.client.get("/api/wallet/entries", params={"cursor": page["next_cursor"]})).json()
    assert [(entry["kind"], entry["amount"]) for entry in rest["items"]] == [("top_up", "100.00")]
    assert rest["next_cursor"] is None


async def test_too_little_money_is_402_and_says_how_much(api: Api) -> None:
    poor = await api.another_account(balance="9.999999")
    for response in (await poor.create(), await poor.upload("+14155550123")):
        problem = refused(response, 402, "insufficient_funds", "9.999999 USD", "10.00 USD")
        assert (problem["balance"], problem["minimum"], problem["currency"]) == ("9.999999", "10.00", "USD")
    assert await api.one("SELECT count(*) FROM campaigns") == 0
    await api.execute("INSERT INTO unfolded (account_id, amount) VALUES (:id, 0.000001)", id=poor.account)
    assert (await poor.create()).status_code == 201, "what is not folded yet counts"


async def test_a_caller_id_is_the_campaigns_own_or_the_accounts(api: Api) -> None:
    assert (await created(api, caller_id="+44 20 7946 0000"))["caller_id"] == "+442079460000"
    nameless = await api.another_account(caller_id=None)
    refused(await nameless.create(), 400, "missing", "caller_id")
    assert (await nameless.create(caller_id="+442079460000")).status_code == 201


async def test_nobody_sees_or_deletes_another_accounts_campaign(api: Api) -> None:
    body = await created(api)
    other = await api.another_account()
    path = f"/api/campaigns/{body['id']}"

    for response in (
        await other.client.get(path),
        await other.client.get(f"{path}/calls"),
        await other.client.get(f"{path}/events"),
        await other.client.delete(path),
        await other.client.get(f"/api/calls/{await a_call(api, body['id'])}"),
    ):
        refused(response, 404, "not_found")
    assert (await other.client.get("/api/campaigns")).json() == {"items": [], "next_cursor": None, "total": 0}
    assert (await api.client.get(path)).status_code == 200


async def test_a_scheduled_campaign_that_is_deleted_does_not_start(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time=from_now(seconds=30))
    path = f"/api/campaigns/{body['id']}"

    assert (await api.client.delete(path)).status_code == 204

    row = (await api.rows("SELECT deleted_at, next_due_at, announced_at FROM campaigns"))[0]
    assert row.deleted_at is not None
    assert (row.next_due_at, row.announced_at) == (None, None)
    refused(await api.client.get(path), 404, "not_found")
    refused(await api.client.delete(path), 404, "not_found")
    assert (await api.client.get("/api/campaigns")).json()["total"] == 0


@pytest.mark.parametrize("status", ["pending", "processing"])
async def test_a_campaign_that_runs_cannot_be_deleted(api: Api, status: str) -> None:
    body = await created(api)
    await api.execute("UPDATE campaigns SET status = :status", status=status)

    refused(await api.client.delete(f"/api/campaigns/{body['id']}"), 409, "illegal_transition", status)
    assert (await api.client.get(f"/api/campaigns/{body['id']}")).status_code == 200


async def test_a_campaign_with_a_live_call_cannot_be_deleted(api: Api) -> None:
    body = await created(api)
    await a_call(api, body["id"], status="ringing")
    await api.execute("UPDATE campaigns SET status = 'paused', next_due_at = NULL")

    refused(await api.client.delete(f"/api/campaigns/{body['id']}"), 409, "illegal_transition", "call")
    await api.execute("UPDATE attempts SET status = 'busy', check_at = NULL")
    assert (await api.client.delete(f"/api/campaigns/{body['id']}")).status_code == 204


async def test_a_delete_and_a_takeover_cannot_both_win(api: Api) -> None:
    """The delete waits for the row's lock and then sees the status that the other left."""
    body = await created(api, is_scheduled=True, scheduled_time=from_now(seconds=30))
    async with api.engine.connect() as scheduler:
        await scheduler.exec_driver_sql("UPDATE campaigns SET status = 'pending', announced_at = now()")
        deletion = asyncio.create_task(api.client.delete(f"/api/campaigns/{body['id']}"))
        await asyncio.sleep(0.1)
        assert not deletion.done()
        await scheduler.commit()
    refused(await deletion, 409, "illegal_transition", "pending")


async def test_a_campaign_exists_although_nobody_could_be_woken(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wake-up comes after the commit; the schedulers' own look finds what it would have told."""

    async def fail(*_: object, **__: object) -> None:
        raise ConnectionResetError("The database has gone.")

    monkeypatch.setattr("belltower_api.create_campaign.wake_scheduler_for", fail)
    assert (await api.create()).status_code == 201
    assert await api.one("SELECT count(*) FROM campaigns") == 1


async def test_a_refusal_leaves_nothing_behind(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The campaign, its progress and its contacts are one transaction."""
    await api.execute("ALTER TABLE contacts ADD CHECK (phone <> '+14155550199')")
    response = await api.create(phone_numbers=["+14155550123", "+14155550199"])
    refused(response, 500, "internal_error")
    assert await api.one("SELECT (SELECT count(*) FROM campaigns) + (SELECT count(*) FROM campaign_progress)") == 0
    assert await api.one("SELECT count(*) FROM contacts") == 0
