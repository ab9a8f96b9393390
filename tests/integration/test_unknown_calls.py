"""Calls that nobody could account for: who is told what, what a decision does, and what happens at the same time."""

import asyncio
from collections.abc import Awaitable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.support.api import Api, refused
from tests.support.books import TARIFF, Books
from tests.support.callbacks import post
from tests.support.eventually import eventually
from tests.support.unknown_calls import HOLD, LISTED, REASON, lose_calls

from belltower.db import unknown_calls
from belltower.db.engine import sql
from belltower.domain.unknown_call import Decision
from belltower.outcomes import Outcomes

PHONES = [f"+1415555012{number}" for number in range(4)]


@pytest.fixture
def books(api: Api) -> Books:
    """What has to hold of the account's calls and money at every moment."""
    return Books(api.engine, api.account, 1, Outcomes(api.engine, TARIFF, check_interval=60))


async def lost(api: Api, phones: Sequence[str] = PHONES[:1], **changes: Any) -> tuple[str, list[UUID]]:
    """A campaign whose calls are all unknown, and these in the order of its list."""
    created = await api.create(name="May", phone_numbers=list(phones), **changes)
    assert created.status_code == 201, created.text
    campaign_id = created.json()["id"]
    calls = await lose_calls(Outcomes(api.engine, TARIFF, check_interval=60), campaign_id)
    return campaign_id, calls


async def waiting(api: Api, **query: Any) -> dict[str, Any]:
    found = await api.client.get("/api/unknown-calls", params=query)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


async def decide(api: Api, call: UUID, decision: str, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    wanted = {"decision": decision, **body}
    return await api.client.post(f"/api/unknown-calls/{call}/decision", headers=headers, json=wanted)


async def decide_all(api: Api, calls: Sequence[UUID], decision: str, **body: Any) -> dict[str, Any]:
    wanted = {"decision": decision, "ids": [str(call) for call in calls], **body}
    answer = await api.client.post("/api/unknown-calls/decisions", json=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def retry(api: Api, campaign_id: str, *statuses: str) -> httpx.Response:
    return await api.client.post(f"/api/campaigns/{campaign_id}/retry", json={"statuses": list(statuses)})


async def report(api: Api, call: UUID, status: str, **form: str) -> httpx.Response:
    """What the carrier reports of a call after all."""
    said = {"CallSid": f"CA{call.hex}", "CallStatus": status, "SequenceNumber": "3", **form}
    return await post(api, said, f"attempt={call}")


async def undecided(api: Api, campaign_id: str) -> int:
    progress: dict[str, int] = (await api.client.get(f"/api/campaigns/{campaign_id}")).json()["progress"]
    return progress["undecided"]


# ---- who is told what


async def test_what_waits_is_listed_with_the_evidence(api: Api) -> None:
    campaign_id, (call,) = await lost(api)
    (item,) = (await waiting(api))["items"]
    assert (item["id"], item["campaign_id"], item["campaign_name"]) == (str(call), campaign_id, "May")
    assert (item["to"], item["status"], item["hold"], item["reason"]) == (PHONES[0], "unknown", HOLD, REASON)
    assert item["decision"] is None

    found = (await api.client.get(f"/api/unknown-calls/{call}")).json()
    assert found["request"]["result"] == "the carrier answered 500 (20500: Internal Server Error)"
    assert found["request"]["send_by"] >= found["placed_at"]
    in_doubt, concluded = found["looks"]
    assert (in_doubt["result"], in_doubt["times"], concluded["result"]) == ("in_doubt", 2, "unknown")
    listed = [each["carrier_call_id"] for each in in_doubt["calls"]]
    assert listed == [each["carrier_call_id"] for each in LISTED]
    assert [(each["source"], each["status"]) for each in found["reports"]] == [("reconciler", "unknown")]
    assert await undecided(api, campaign_id) == 1
    assert (await api.client.get("/api/campaigns")).json()["items"][0]["progress"]["undecided"] == 1


async def test_pages_filters_and_counts(api: Api) -> None:
    first, calls = await lost(api, PHONES)
    second, (other,) = await lost(api, ["+14155550199"])
    await decide(api, calls[0], "give_up")
    await decide(api, calls[1], "give_up")
    read: list[str] = []
    cursor = None
    while True:
        page = await waiting(api, limit=1, **({"cursor": cursor} if cursor else {}))
        assert page["total"] == 3
        read += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert read == [str(call) for call in (*calls[2:], other)], "those that waited longest first"
    assert [item["id"] for item in (await waiting(api, campaign_id=second))["items"]] == [str(other)]
    decided = await waiting(api, state="decided", limit=1)
    assert (decided["total"], decided["items"][0]["id"]) == (2, str(calls[1])), "the latest decision first"
    more = await waiting(api, state="decided", limit=1, cursor=decided["next_cursor"], campaign_id=first)
    assert [item["id"] for item in more["items"]] == [str(calls[0])]
    stale = {"state": "waiting", "cursor": decided["next_cursor"]}
    refused(await api.client.get("/api/unknown-calls", params=stale), 400, "invalid_cursor")
    assert (await unknown_calls.count_undecided(api.engine)).calls == 3


async def test_nobody_sees_or_decides_about_anothers_calls(api: Api) -> None:
    _, (call,) = await lost(api)
    other = await api.another_account()
    assert (await waiting(other))["total"] == 0
    refused(await other.client.get(f"/api/unknown-calls/{call}"), 404, "not_found")
    for decision in ("redial", "give_up"):
        refused(await decide(other, call, decision), 404, "not_found")
        (result,) = (await decide_all(other, [call], decision))["results"]
        assert result["problem"]["code"] == "not_found"
    assert (await waiting(api))["total"] == 1
    await other.client.aclose()


async def test_a_call_that_was_never_in_doubt_is_no_unknown_call(api: Api) -> None:
    _, (call,) = await lost(api)
    await api.execute("UPDATE attempts SET status = 'busy', hold = 0")
    await api.execute("DELETE FROM call_events")
    refused(await api.client.get(f"/api/unknown-calls/{call}"), 404, "not_found")
    refused(await decide(api, call, "give_up"), 409, "illegal_transition", "busy")
    refused(await decide(api, uuid4(), "redial"), 404, "not_found")


async def test_what_is_kept_of_the_looks_is_bounded(api: Api) -> None:
    _, (call,) = await lost(api)
    for number in range(30):
        async with api.engine.begin() as connection:
            look = unknown_calls.NewLook(call, "list", "carrier_unavailable", error=f"It answered {number}.")
            await unknown_calls.record_looks(connection, [look])
    looks = (await api.client.get(f"/api/unknown-calls/{call}")).json()["looks"]
    assert len(looks) == unknown_calls.MOST_LOOKS
    assert sum(look["times"] for look in looks) == 33
    assert looks[-1]["error"] == "It answered 29."


# ---- what a decision does


async def test_to_give_up_frees_the_hold_and_rings_nobody(api: Api, books: Books) -> None:
    campaign_id, (call,) = await lost(api)
    assert (await books.wallet()).held == Decimal(HOLD)
    answer = await decide(api, call, "give_up", note=" They wrote to us. ")
    assert answer.status_code == 200, answer.text
    decision = answer.json()["decision"]
    assert (decision["decision"], decision["note"], decision["freed"]) == ("give_up", "They wrote to us.", HOLD)
    assert decision["decided_by"].startswith("api key")
    assert (decision["campaign_id"], decision["contact_status"]) == (None, None)
    assert (await books.wallet()).held == 0
    assert await api.one("SELECT status FROM contacts") == "unknown"
    assert await api.one("SELECT count(*) FROM campaigns") == 1
    assert await undecided(api, campaign_id) == 0
    refused(await retry(api, campaign_id, "unknown"), 409, "illegal_transition", "decided")
    await books.check([UUID(campaign_id)])


async def test_to_redial_makes_a_linked_campaign_of_this_contact(api: Api, books: Books) -> None:
    campaign_id, calls = await lost(api, PHONES[:2], concurrency=7, max_attempts=3)
    answer = await decide(api, calls[1], "redial", "k1", note="Outage")
    assert answer.status_code == 200, answer.text
    decision = answer.json()["decision"]
    linked = (await api.client.get(f"/api/campaigns/{decision['campaign_id']}")).json()
    assert (linked["name"], linked["retry_of"], linked["status"]) == ("May (redial)", campaign_id, "pending")
    assert (linked["concurrency"], linked["max_attempts"], linked["progress"]["total"]) == (7, 3, 1)
    assert await api.phones(linked["id"]) == PHONES[1:2]
    assert (decision["contact_status"], decision["freed"]) == ("waiting", HOLD)
    assert (await books.wallet()).held == Decimal(HOLD), "the other one's"
    again = await decide(api, calls[1], "redial", "k1", note="Outage")
    assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
    refused(await decide(api, calls[1], "redial"), 409, "already_decided", "api key", "redial it")
    refused(await decide(api, calls[1], "give_up"), 409, "already_decided")
    await books.check([UUID(campaign_id), UUID(linked["id"])])


async def test_a_campaign_that_still_runs_may_be_redialled_and_a_deleted_one_not(api: Api) -> None:
    campaign_id, calls = await lost(api, PHONES[:2])
    await api.execute("UPDATE campaigns SET status = 'paused'")
    assert (await decide(api, calls[0], "redial")).status_code == 200
    await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL WHERE id = :id", id=campaign_id)
    assert (await api.client.delete(f"/api/campaigns/{campaign_id}")).status_code == 204
    (item,) = (await waiting(api))["items"]
    assert item["campaign_is_deleted"], "its money is held all the same"
    refused(await decide(api, calls[1], "redial"), 409, "illegal_transition", "deleted")
    assert (await decide(api, calls[1], "give_up")).status_code == 200


async def test_redialling_takes_the_minimum_balance_and_a_refusal_changes_nothing(api: Api) -> None:
    _, (call,) = await lost(api)
    await api.execute("UPDATE accounts SET balance = 1")
    refused(await decide(api, call, "redial", "k1"), 402, "insufficient_funds")
    assert (await waiting(api))["total"] == 1
    (result,) = (await decide_all(api, [call], "redial"))["results"]
    assert result["problem"]["code"] == "insufficient_funds"
    await api.execute("UPDATE accounts SET balance = 100")
    assert (await decide(api, call, "redial", "k1")).status_code == 200


async def test_many_are_decided_about_at_once_a_new_campaign_for_each(api: Api, books: Books) -> None:
    first, calls = await lost(api, PHONES)
    second, (other,) = await lost(api, ["+14155550199"])
    await decide(api, calls[0], "give_up")
    nobody = uuid4()
    answer = await decide_all(api, [*calls, other, other, nobody], "redial", note="All of them")
    assert (answer["decided"], answer["refused"], len(answer["campaigns"])) == (4, 2, 2)
    problems = [result["problem"] and result["problem"]["code"] for result in answer["results"]]
    assert problems == ["already_decided", None, None, None, None, "not_found"]
    linked = [result["campaign_id"] for result in answer["results"]]
    assert linked[1:4] == answer["campaigns"][:1] * 3
    assert await api.phones(linked[1]) == PHONES[1:]
    assert await api.phones(linked[4]) == ["+14155550199"]
    assert (await waiting(api))["total"] == 0
    await books.check([UUID(each) for each in (first, second, *answer["campaigns"])])


async def test_many_are_given_up_at_once(api: Api, books: Books) -> None:
    campaign_id, calls = await lost(api, PHONES)
    answer = await decide_all(api, [*calls, uuid4()], "give_up")
    assert (answer["decided"], answer["refused"], answer["campaigns"]) == (4, 1, [])
    assert (await books.wallet()).held == 0
    refused(
        await api.client.post("/api/unknown-calls/decisions", json={"decision": "give_up", "ids": []}), 400, "too_short"
    )
    refused(await decide(api, calls[0], "perhaps"), 400, "invalid_choice")
    await books.check([UUID(campaign_id)])


async def test_a_retry_of_unknown_contacts_is_a_decision_about_them(api: Api, books: Books) -> None:
    campaign_id, calls = await lost(api, PHONES)
    await decide(api, calls[0], "give_up")
    linked = (await decide(api, calls[1], "redial")).json()["decision"]["campaign_id"]
    retried = (await retry(api, campaign_id, "unknown")).json()["id"]
    assert await api.phones(retried) == PHONES[2:]
    assert (await waiting(api))["total"] == 0
    refused(await decide(api, calls[2], "redial"), 409, "already_decided")
    decided = {item["id"]: item["decision"]["campaign_id"] for item in (await waiting(api, state="decided"))["items"]}
    assert decided == {str(calls[0]): None, str(calls[1]): linked} | {str(call): retried for call in calls[2:]}
    # Not even when the campaigns that ring them again are no more.
    for each in (linked, retried):
        await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL WHERE id = :id", id=each)
        assert (await api.client.delete(f"/api/campaigns/{each}")).status_code == 204
    refused(await retry(api, campaign_id, "unknown"), 409, "illegal_transition")
    await books.check([UUID(campaign_id)])


# ---- at the same time


async def rung_again(api: Api) -> list[str]:
    """Whom campaigns ring again, with repetitions."""
    return [
        row.phone
        for row in await api.rows(
            """SELECT phone FROM contacts JOIN campaigns ON campaigns.id = contacts.campaign_id
               WHERE retry_of IS NOT NULL ORDER BY phone"""
        )
    ]


async def test_of_decisions_and_retries_at_once_one_counts(api: Api, books: Books) -> None:
    for _ in range(3):
        campaign_id, calls = await lost(api, PHONES)
        before = len(await rung_again(api))
        attempts: list[Awaitable[Any]] = [
            *(decide(api, call, "redial") for call in calls),
            *(decide(api, call, "redial") for call in calls),
            *(decide(api, call, "give_up") for call in calls),
            decide_all(api, calls, "redial"),
            decide_all(api, list(reversed(calls)), "give_up"),
            retry(api, campaign_id, "unknown"),
            retry(api, campaign_id, "unknown"),
        ]
        answers = await asyncio.gather(*attempts)
        statuses = {answer.status_code for answer in answers if isinstance(answer, httpx.Response)}
        assert statuses <= {200, 201, 409}
        decided = await api.rows(
            "SELECT decision, redialled_in FROM call_decisions WHERE campaign_id = :id", id=campaign_id
        )
        assert len(decided) == len(calls)
        redialled = sum(row.decision == "redial" for row in decided)
        assert len(await rung_again(api)) - before == redialled
        assert await undecided(api, campaign_id) == 0
        await books.check([UUID(campaign_id)])
    await books.check([row.id for row in await api.rows("SELECT id FROM campaigns")])


@pytest.mark.parametrize("decision", ["redial", "give_up"])
async def test_a_decision_waits_for_another_that_is_under_way(api: Api, decision: str) -> None:
    """Its transaction is open, and has the locks; what it decides is seen when it has committed."""
    _, (call,) = await lost(api)
    async with api.engine.begin() as connection:
        await unknown_calls.lock_unknown_calls(connection, api.account, [call])
        later = asyncio.create_task(decide(api, call, decision))
        await _somebody_waits(api)
        await unknown_calls.decide(connection, [call], Decision.GIVE_UP, actor="Bob", note=None)
    refused(await later, 409, "already_decided", "Bob")
    assert await rung_again(api) == []


@pytest.mark.parametrize("decision", ["redial", "give_up"])
async def test_a_decision_waits_for_a_report_and_finds_nothing_to_decide(api: Api, decision: str) -> None:
    _, (call,) = await lost(api)
    async with api.engine.begin() as connection:
        await connection.execute(sql("lock_calls"), {"attempts": [call], "carrier_call_ids": [None]})
        later = asyncio.create_task(decide(api, call, decision))
        await _somebody_waits(api)
        await connection.execute(
            text("UPDATE attempts SET status = 'no_answer', hold = 0 WHERE id = :id"), {"id": call}
        )
    refused(await later, 409, "illegal_transition", "no_answer")
    assert await rung_again(api) == []


async def test_a_report_waits_for_a_decision_and_sees_it(api: Api, books: Books) -> None:
    """What the decision freed is not charged from the hold, and whom it has rung again is not rung."""
    campaign_id, (call,) = await lost(api)
    async with api.engine.begin() as connection:
        await unknown_calls.lock_unknown_calls(connection, api.account, [call])
        later = asyncio.create_task(report(api, call, "completed", CallDuration="30"))
        await _somebody_waits(api)
        await unknown_calls.decide(connection, [call], Decision.GIVE_UP, actor="Bob", note=None)
    assert (await later).status_code == 204
    found = (await api.client.get(f"/api/unknown-calls/{call}")).json()
    assert (found["status"], found["cost"], found["decision"]["decided_by"]) == ("completed", "0.02", "Bob")
    await books.check([UUID(campaign_id)])


async def _somebody_waits(api: Api) -> None:
    async def waits() -> bool:
        return bool(
            await api.rows(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    await eventually(waits)


# ---- what the carrier says later


async def test_a_late_report_of_a_call_that_was_given_up_is_charged_once(api: Api, books: Books) -> None:
    campaign_id, (call,) = await lost(api)
    await decide(api, call, "give_up")
    for _ in range(3):
        assert (await report(api, call, "completed", CallDuration="61")).status_code == 204
    assert (await report(api, call, "busy", SequenceNumber="4")).status_code == 204
    entries = await api.rows("SELECT kind, amount FROM ledger_entries WHERE attempt_id = :id", id=call)
    assert [(row.kind, row.amount) for row in entries] == [("call", -TARIFF.cost(61))]
    found = (await api.client.get(f"/api/unknown-calls/{call}")).json()
    assert (found["status"], found["unknown_since"]) == ("completed", None)
    assert [each["status"] for each in found["reports"]] == ["unknown", "completed", "busy"]
    assert await api.one("SELECT status FROM contacts") == "reached"
    assert (await waiting(api, state="decided"))["items"][0]["status"] == "completed"
    await books.check([UUID(campaign_id)])


async def test_what_the_wallet_cannot_bear_of_it_any_more_is_written_off(api: Api, books: Books) -> None:
    campaign_id, (call,) = await lost(api)
    await decide(api, call, "give_up")
    await books.leave(Decimal("0.01"))
    assert (await report(api, call, "completed", CallDuration="60")).status_code == 204
    entry = (await api.rows("SELECT * FROM ledger_entries WHERE attempt_id = :id", id=call))[0]
    assert (entry.amount, entry.written_off) == (Decimal("-0.01"), Decimal("0.01"))
    await books.check([UUID(campaign_id)])


async def test_whom_the_first_call_had_reached_is_not_rung_again_when_that_is_known_in_time(
    api: Api, books: Books
) -> None:
    campaign_id, (call,) = await lost(api)
    linked = (await decide(api, call, "redial")).json()["decision"]["campaign_id"]
    assert (await report(api, call, "completed", CallDuration="30")).status_code == 204
    (contact,) = (await api.client.get(f"/api/campaigns/{linked}/contacts")).json()["items"]
    assert (contact["status"], contact["reason"]) == ("skipped", "reached_before")
    after = (await api.client.get(f"/api/campaigns/{linked}")).json()
    assert (after["status"], after["progress"]["skipped"]) == ("completed", 1)
    decision = (await api.client.get(f"/api/unknown-calls/{call}")).json()["decision"]
    assert decision["contact_status"] == "skipped"
    await books.check([UUID(campaign_id), UUID(linked)])


@pytest.mark.parametrize("reported", ["no-answer", "busy"])
async def test_whom_the_first_call_had_not_reached_is_rung_again(api: Api, books: Books, reported: str) -> None:
    campaign_id, (call,) = await lost(api)
    linked = (await decide(api, call, "redial")).json()["decision"]["campaign_id"]
    assert (await report(api, call, reported)).status_code == 204
    assert await api.one("SELECT status FROM contacts WHERE campaign_id = :id", id=linked) == "waiting"
    refused(await retry(api, campaign_id, "unreached"), 409, "illegal_transition")
    await books.check([UUID(campaign_id), UUID(linked)])


async def test_a_late_report_and_the_gate_that_rings_again_see_each_other(api: Api, books: Books) -> None:
    """Whichever has the contact's row first counts: it is rung, or skipped, and never both."""
    skipped = rung = 0
    for number in range(6):
        phone = f"+1415555013{number}"
        _, (call,) = await lost(api, [phone])
        linked = UUID((await decide(api, call, "redial")).json()["decision"]["campaign_id"])
        admitted, _ = await asyncio.gather(books.gate(linked), report(api, call, "completed", CallDuration="30"))
        status = await api.one("SELECT status FROM contacts WHERE campaign_id = :id", id=linked)
        assert status == ("calling" if admitted else "skipped")
        rung, skipped = rung + bool(admitted), skipped + (not admitted)
        await books.check([linked])
    assert rung + skipped == 6
