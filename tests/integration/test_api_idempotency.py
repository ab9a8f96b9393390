"""A POST with an Idempotency-Key is done once, however often it is sent and whatever dies in between."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.support.api import Api, campaign, refused

from belltower.db import idempotency
from belltower.db.engine import transaction

A, B = "+14155550123", "+14155550124"


async def _create(api: Api, key: str | None, **changes: Any) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await api.client.post("/api/campaigns", json=campaign(**changes), headers=headers)


async def _upload(api: Api, key: str, content: str, **fields: Any) -> httpx.Response:
    return await api.client.post(
        "/api/campaigns/upload",
        data={"welcome_message": "Hello.", **fields},
        files={"file": ("people.csv", content)},
        headers={"Idempotency-Key": key},
    )


async def _campaigns(api: Api) -> int:
    return int(await api.one("SELECT count(*) FROM campaigns WHERE account_id = :id", id=api.account))


async def test_the_same_request_is_answered_again_and_not_done_again(api: Api) -> None:
    first = await _create(api, "k1", phone_numbers=[A, A, "nonsense"])
    again = await _create(api, "k1", phone_numbers=[A, A, "nonsense"])

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await _campaigns(api) == 1


async def test_without_a_key_the_same_request_is_another_one(api: Api) -> None:
    assert {(await _create(api, None)).status_code for _ in range(2)} == {201}
    assert await _campaigns(api) == 2


async def test_another_request_with_the_same_key_is_422(api: Api) -> None:
    await _create(api, "k1")
    refused(await _create(api, "k1", name="Another"), 422, "idempotency_key_reused", "new key")
    assert await _campaigns(api) == 1


async def test_a_key_belongs_to_its_account_and_its_operation(api: Api) -> None:
    other = await api.another_account()
    answers = [await _create(api, "k1"), await _create(other, "k1"), await _upload(api, "k1", A)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 3
    await other.client.aclose()


async def test_an_upload_is_known_by_its_fields_and_its_file(api: Api) -> None:
    first = await _upload(api, "k1", A)
    assert (await _upload(api, "k1", A)).json() == first.json()  # with a boundary of its own
    refused(await _upload(api, "k1", B), 422, "idempotency_key_reused")
    refused(await _upload(api, "k1", A, name="Other"), 422, "idempotency_key_reused")
    assert await _campaigns(api) == 1


async def test_of_many_at_once_one_is_done_and_the_others_hear_of_it(api: Api) -> None:
    answers = await asyncio.gather(*(_create(api, "k1") for _ in range(8)))
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.json()["id"] for answer in done}) == 1
    for answer in answers:
        if answer.status_code != 201:
            refused(answer, 409, "request_in_flight", "second")
            assert answer.headers["retry-after"] == "1"
    assert await _campaigns(api) == 1


async def test_a_refusal_is_not_kept(api: Api) -> None:
    poor = await api.another_account(balance="1.00")
    refused(await _create(poor, "k1"), 402, "insufficient_funds")
    refused(await _create(poor, "k2", name=""), 400, "too_short")
    added = await poor.client.post("/api/wallet/top-ups", json={"amount": "99.00"})
    assert added.status_code == 201
    assert [(await _create(poor, key)).status_code for key in ("k1", "k2")] == [201, 201]
    await poor.client.aclose()


async def test_the_key_of_a_request_that_died_is_free_again_when_it_lapses(api: Api) -> None:
    await _reserved_by_the_dead(api, seconds_ago=idempotency.LEASE - 5)
    refused(await _create(api, "k1", name="Another"), 422, "idempotency_key_reused")
    await _reserved_by_the_dead(api, seconds_ago=idempotency.LEASE + 1)
    assert (await _create(api, "k1")).status_code == 201


async def test_whoever_lost_its_key_can_do_nothing_any_more(api: Api) -> None:
    reader = api.engine.execution_options(isolation_level="AUTOCOMMIT")
    key = idempotency.Key(api.account, "POST /api/campaigns", "k1", b"x")
    former = await idempotency.reserve(reader, key)
    assert isinstance(former, idempotency.Reservation)
    await api.execute("UPDATE idempotency_keys SET renewed_at = now() - interval '1 hour'")
    assert (await _create(api, "k1")).status_code == 201

    async def late() -> None:
        async with transaction(api.engine) as connection:
            await connection.execute(text("UPDATE accounts SET name = 'late'"))
            await idempotency.keep(connection, former, 201, {}, b"{}")

    with pytest.raises(idempotency.NoLongerReserved):
        await late()
    await idempotency.renew(reader, former)
    await idempotency.release(reader, former)
    assert await api.one("SELECT count(*) FROM accounts WHERE name = 'late'") == 0
    assert (await _create(api, "k1")).headers["idempotent-replayed"] == "true"


async def test_an_answer_is_kept_for_24_hours(api: Api) -> None:
    await _create(api, "k1")
    await api.execute("UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes'")
    assert (await _create(api, "k1")).headers["idempotent-replayed"] == "true"
    await api.execute("UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 minute'")
    assert "idempotent-replayed" not in (await _create(api, "k1", name="Another")).headers
    assert await _campaigns(api) == 2

    await _create(api, "k2")
    await api.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'k2'")
    async with transaction(api.engine) as connection:
        assert await idempotency.forget_keys(connection) == 1
    assert await api.one("SELECT key FROM idempotency_keys") == "k1"


async def test_money_is_put_into_the_wallet_once(api: Api) -> None:
    async def top_up(amount: str, key: str = "k1", **more: str) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return await api.client.post("/api/wallet/top-ups", json={"amount": amount, **more}, headers=headers)

    first = await top_up("25.50", note="Invoice 7")
    assert (await top_up("25.50", note="Invoice 7")).json() == first.json()
    refused(await top_up("25.51", note="Invoice 7"), 422, "idempotency_key_reused")
    entry = first.json()
    assert (first.status_code, entry["kind"], entry["amount"], entry["note"]) == (201, "top_up", "25.50", "Invoice 7")
    assert (await api.client.get("/api/wallet")).json()["balance"] == "125.50"
    assert (await api.client.get("/api/wallet/entries")).json()["items"][0] == entry


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1000000.01", "1e3", "NaN", "1,50", "", "0.0000001", 25, None])
async def test_only_an_amount_can_be_put_into_the_wallet(api: Api, amount: object) -> None:
    response = await api.client.post("/api/wallet/top-ups", json={"amount": amount})
    problem = refused(response, 400, "invalid_amount", '"250.00"')
    assert problem["errors"][0]["pointer"] == "/amount"
    assert (await api.client.get("/api/wallet")).json()["balance"] == "100.00"


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "é"])
async def test_what_is_no_key_is_400(api: Api, key: str) -> None:
    response = await api.client.post(
        "/api/campaigns", json=campaign(), headers={b"Idempotency-Key": key.encode("latin-1")}
    )
    refused(response, 400, "invalid_idempotency_key", "UUID")
    assert await _campaigns(api) == 0


async def test_a_read_has_an_etag_and_is_not_sent_to_whoever_has_it(api: Api) -> None:
    path = (await api.create()).headers["location"]
    first = await api.client.get(path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await api.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await api.execute("UPDATE campaigns SET name = 'Renamed'")
    changed = await api.client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["name"]) == (200, "Renamed")
    assert changed.headers["etag"] != tag


async def _reserved_by_the_dead(api: Api, *, seconds_ago: float) -> None:
    await api.execute("DELETE FROM idempotency_keys")
    await api.execute(
        "INSERT INTO idempotency_keys (account_id, route, key, fingerprint, token, renewed_at)"
        " VALUES (:account, 'POST /api/campaigns', 'k1', '', :token, now() - make_interval(secs => :ago))",
        account=api.account,
        token=uuid4(),
        ago=seconds_ago,
    )
