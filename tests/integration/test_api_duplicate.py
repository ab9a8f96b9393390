"""The same campaign once more: what is copied, when it starts, and that the list never passes through the API."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text
from tests.support.api import Api, created, refused
from tests.support.eventually import eventually

ANN, BEN, EVE = (f"+1415555012{digit}" for digit in range(3, 6))
PEOPLE = [
    {"phone": BEN, "name": "Ben", "fields": {"day": "Monday"}},
    {"phone": ANN, "name": "Ann", "fields": {"hour": "10"}},
    {"phone": EVE},
]
DESCRIBED = {
    "name": "Delivery notice", "welcome_message": "Hello {{name|there}}.", "language": "de-DE", "voice": "man",
    "caller_id": "+14155550177", "concurrency": 4, "max_attempts": 3, "retry_delay": 90, "misfire_grace": 17,
}  # fmt: skip
OWN = {"id", "name", "status", "created_at", "next_due_at", "version", "is_scheduled", "scheduled_time"}
"""What is a duplicate's own."""


async def duplicate(api: Api, campaign_id: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await api.client.post(f"/api/campaigns/{campaign_id}/duplicate", json=body or None, headers=headers)


async def source(api: Api) -> dict[str, Any]:
    return await created(api, phone_numbers=..., contacts=PEOPLE, **DESCRIBED, timezone="Europe/Berlin")


async def test_a_duplicate_is_the_same_campaign_with_the_same_list(api: Api) -> None:
    body = await source(api)
    answer = await duplicate(api, body["id"])
    assert answer.status_code == 201, answer.text
    copy = answer.json()
    shown = await api.client.get(answer.headers["location"])
    assert shown.json() == copy
    assert (copy["name"], copy["status"]) == ("Delivery notice (copy)", "pending")
    assert {name: copy[name] for name in copy if name not in OWN} == {
        name: body[name] for name in copy if name not in OWN
    }
    rows = (
        "SELECT phone, name, fields::text, status, attempts, reason FROM contacts WHERE campaign_id = :id ORDER BY id"
    )
    assert await api.rows(rows, id=copy["id"]) == await api.rows(rows, id=body["id"])
    assert copy["progress"]["waiting"] == 3


@pytest.mark.parametrize("status", ["pending", "paused", "completed", "failed", "cancelled"])
async def test_everybody_is_on_it_whatever_became_of_them(api: Api, status: str) -> None:
    body = await source(api)
    await api.execute(
        """UPDATE campaigns SET status = :status, archived_at = now(),
               next_due_at = CASE WHEN :status = 'pending' THEN now() END""",
        status=status,
    )
    await api.execute(
        "UPDATE contacts SET status = 'reached', next_attempt_at = NULL, attempts = 2 WHERE phone = :ann", ann=ANN
    )
    await api.execute(
        "UPDATE contacts SET status = 'skipped', reason = 'do_not_call', next_attempt_at = NULL WHERE phone = :ben",
        ben=BEN,
    )
    copy = (await duplicate(api, body["id"])).json()
    assert await api.phones(copy["id"]) == [BEN, ANN, EVE]
    assert (copy["progress"]["waiting"], copy["archived_at"]) == (3, None)


async def test_who_was_taken_off_the_list_is_not_on_it(api: Api) -> None:
    body = await source(api)
    await api.execute(
        "UPDATE contacts SET status = 'skipped', reason = 'removed', next_attempt_at = NULL WHERE phone = :ben", ben=BEN
    )
    copy = (await duplicate(api, body["id"])).json()
    assert await api.phones(copy["id"]) == [ANN, EVE]
    assert copy["progress"]["total"] == 2
    await api.execute("UPDATE contacts SET status = 'skipped', reason = 'removed', next_attempt_at = NULL")
    refused(await duplicate(api, body["id"]), 409, "illegal_transition", "Nobody")


async def test_it_starts_at_a_time_in_the_campaigns_zone_under_a_name_of_its_own(api: Api) -> None:
    body = await source(api)
    answer = await duplicate(api, body["id"], name="Again", is_scheduled=True, scheduled_time="2035-07-01T09:30")
    copy = answer.json()
    assert (copy["name"], copy["status"], copy["next_due_at"]) == ("Again", "scheduled", "2035-07-01T07:30:00.000Z")
    refused(await duplicate(api, body["id"], is_scheduled=True), 400, "scheduled_time_missing")
    refused(await duplicate(api, body["id"], concurrency=3), 400, "unknown_field")
    long = await created(api, name="x" * 200)
    assert (await duplicate(api, long["id"])).json()["name"] == "x" * 190 + " (copy)"


async def test_too_little_money_is_402_and_nothing_is_made(api: Api) -> None:
    body = await source(api)
    await api.execute("UPDATE accounts SET balance = 9.99")
    refused(await duplicate(api, body["id"]), 402, "insufficient_funds")
    assert await api.one("SELECT count(*) FROM campaigns") == 1


async def test_anothers_campaign_is_not_there(api: Api) -> None:
    body = await source(api)
    refused(await duplicate(await api.another_account(), body["id"]), 404, "not_found")


async def test_it_is_made_once_for_a_key(api: Api) -> None:
    body = await source(api)
    answers = [await duplicate(api, body["id"], {"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await api.one("SELECT count(*) FROM campaigns") == 2


async def test_the_database_copies_a_long_list_by_itself(api: Api) -> None:
    body = await source(api)
    await api.execute(
        """INSERT INTO contacts (campaign_id, phone, next_attempt_at)
           SELECT campaign_id, '+1415' || 6000000 + n, now() FROM generate_series(1, 60000) AS n,
               (SELECT campaign_id FROM contacts LIMIT 1) AS campaign"""
    )
    returned = []

    def count(_conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "contacts" in statement:
            returned.append(cursor.rowcount if statement.lstrip("-").lstrip().upper().startswith("SELECT") else 0)

    event.listen(api.engine.sync_engine, "after_cursor_execute", count)
    copy = (await duplicate(api, body["id"])).json()
    assert copy["progress"]["total"] == 60_003
    assert max(returned) <= 1, "no list comes over"
    assert await api.one("SELECT count(*) FROM contacts WHERE campaign_id = :id", id=copy["id"]) == 60_003


async def test_a_copy_is_of_one_moment_whatever_is_edited_meanwhile(api: Api) -> None:
    made = 0
    body = await created(api, is_scheduled=True, scheduled_time="2035-07-01T09:30", concurrency=1)
    path = f"/api/campaigns/{body['id']}"

    async def edit() -> None:
        for number in range(2, 26):
            listed = {"phone_numbers": [f"+1415555{1000 + each}" for each in range(number)]}
            patch = {"concurrency": number, "contacts": {"replace": listed}}
            answer = await api.client.patch(path, json=patch, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text

    async def copy() -> None:
        nonlocal made
        for _ in range(24):
            answer = await duplicate(api, body["id"])
            made += answer.status_code == 201
            assert answer.status_code in (201, 409), answer.text

    await asyncio.gather(edit(), copy())
    copies = await api.rows(
        """SELECT concurrency, contacts, (SELECT count(*) FROM contacts WHERE campaign_id = campaigns.id) AS listed
           FROM campaigns WHERE name LIKE '%(copy)'"""
    )
    assert len(copies) == made > 0
    assert [each for each in copies if not each.concurrency == each.contacts == each.listed] == []


async def test_a_list_that_grows_while_it_is_copied_is_copied_anew(api: Api) -> None:
    body = await created(api, is_scheduled=True, scheduled_time="2035-07-01T09:30")

    async def waits() -> bool:
        return bool(await api.one("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))

    async with api.engine.begin() as holding:
        await holding.execute(text("LOCK TABLE campaign_progress IN SHARE MODE"))
        copying = asyncio.create_task(duplicate(api, body["id"]))
        await eventually(waits)  # it has counted, and not copied
        more = {"contacts": {"add": {"phone_numbers": [BEN]}}}
        edited = await api.client.patch(f"/api/campaigns/{body['id']}", json=more, headers={"If-Match": "*"})
        assert edited.status_code == 200, edited.text
    copy = (await copying).json()
    assert await api.phones(copy["id"]) == [ANN, BEN]
    assert copy["progress"]["total"] == 2
    assert await api.one("SELECT count(*) FROM campaigns") == 2
