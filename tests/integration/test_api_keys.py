"""API keys, and who asks."""

import asyncio

import httpx
from tests.support.api import Api, refused

from belltower.domain.credentials import api_key_hash


async def _create(api: Api, name: str = "Import", key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.client.post("/api/api-keys", json={"name": name}, headers=headers)


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(api: Api) -> None:
    created = await _create(api, " Import ")
    body = created.json()
    secret = body.pop("key")
    assert created.status_code == 201
    assert created.headers["cache-control"] == "no-store"
    assert (body["name"], body["prefix"], body["last_used_at"]) == ("Import", secret[:9], None)

    page = (await api.client.get("/api/api-keys")).json()
    assert (page["items"][0], page["total"], page["next_cursor"]) == (body, 2, None)
    assert secret not in str(page)
    stored = await api.rows("SELECT * FROM api_keys WHERE id = :id", id=body["id"])
    assert stored[0].key_hash == api_key_hash(secret)
    assert secret not in str(stored)

    headers = {"Authorization": f"Bearer {secret}"}
    assert (await api.client.get("/api/me", headers=headers)).json()["actor"] == f"api key {secret[:9]}"
    assert (await api.client.delete(f"/api/api-keys/{body['id']}", headers=headers)).status_code == 204
    refused(await api.client.get("/api/me", headers=headers), 401, "unauthorised")
    refused(await api.client.delete(f"/api/api-keys/{body['id']}"), 404, "not_found")
    assert (await api.client.get("/api/api-keys")).json()["total"] == 1


async def test_the_key_is_not_kept_for_a_request_that_is_sent_again(api: Api) -> None:
    first, again = (await _create(api, key="k1")).json(), await _create(api, key="k1")
    assert again.json() == {**first, "key": None}
    assert again.headers["cache-control"] == "no-store"
    kept = await api.one("SELECT convert_from(body, 'UTF8') FROM idempotency_keys")
    assert first["key"] not in kept
    assert (await api.client.get("/api/api-keys")).json()["total"] == 2


async def test_a_key_says_when_it_was_last_used_to_the_minute(api: Api) -> None:
    used = "SELECT last_used_at FROM api_keys"
    assert await api.one(used) is None
    await api.client.get("/api/me")
    first = await api.one(used)
    await api.client.get("/api/me")
    assert await api.one(used) == first
    await api.execute("UPDATE api_keys SET last_used_at = last_used_at - interval '2 minutes'")
    await api.client.get("/api/me")
    assert await api.one(used) > first


async def test_keys_are_paged_and_those_of_other_accounts_do_not_exist(api: Api) -> None:
    other = await api.another_account()
    ids = [(await _create(api, f"Key {number}")).json()["id"] for number in range(3)]
    page = (await api.client.get("/api/api-keys", params={"limit": 2})).json()
    assert [key["id"] for key in page["items"]] == ids[:0:-1]
    rest = (await api.client.get("/api/api-keys", params={"cursor": page["next_cursor"]})).json()
    assert [key["name"] for key in rest["items"]] == ["Key 0", "first key"]
    assert (await other.client.get("/api/api-keys")).json()["total"] == 1
    refused(await other.client.delete(f"/api/api-keys/{ids[0]}"), 404, "not_found")
    refused(await api.client.delete("/api/api-keys/nothing"), 404, "not_found")
    await other.client.aclose()


async def test_an_account_has_a_hundred_keys_at_most(api: Api) -> None:
    await api.execute(
        "INSERT INTO api_keys (id, account_id, name, prefix, key_hash)"
        " SELECT gen_random_uuid(), :account, 'x', 'x', n::text::bytea FROM generate_series(1, 98) AS n",
        account=api.account,
    )
    answers = await asyncio.gather(*(_create(api) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(await _create(api), 409, "limit_reached", "Revoke")
    await api.execute("UPDATE api_keys SET revoked_at = now() WHERE name = 'x'")
    assert (await _create(api)).status_code == 201


async def test_a_key_needs_a_name(api: Api) -> None:
    refused(await _create(api, " "), 400, "too_short")
    refused(await api.client.post("/api/api-keys", json={}), 400, "missing", "name")


async def test_one_sees_ones_account_and_that_calls_are_simulated(api: Api) -> None:
    me = (await api.client.get("/api/me")).json()
    assert me["account"] == {
        "id": str(api.account), "name": "Test", "currency": "USD", "caller_id": "+14155550100"
    }  # fmt: skip
    assert (me["carrier"], me["calls_are_simulated"]) == ("simulated", True)
