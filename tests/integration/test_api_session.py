"""People sign in, do what their role lets them do from our own pages, and sign out."""

import asyncio
from typing import Any
from unittest.mock import Mock

import argon2
import httpx
import pytest
from tests.support.api import EMAIL, PASSWORD, Api, campaign, refused
from tests.support.eventually import eventually

from belltower.db import sessions, sign_ins
from belltower.domain import credentials
from belltower.domain.principal import Role
from belltower_api.dependencies import COOKIE
from belltower_scheduler.fold import keep_folding

WRONG = "wrong horse battery staple"
TOP_UP = {"amount": "5.00"}
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_HASHER", CHEAP)


async def sign_in(browser: httpx.AsyncClient, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
    return await browser.post("/api/session", json={"email": email, "password": password})


async def test_a_person_signs_in_and_is_known_in_every_process_until_they_sign_out(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser, api.browser() as elsewhere:
        assert (await browser.get("/api/session")).json() == {
            "user": None,
            "needs_administrator": False,
            "calls_are_simulated": True,
        }
        answer = await sign_in(browser, email="Ada@Example.com")
        assert answer.status_code == 200
        user = answer.json()["user"]
        assert answer.json() == {
            "user": {"id": user["id"], "email": EMAIL, "role": "administrator", "is_operator": False},
            "needs_administrator": False,
            "calls_are_simulated": True,
        }
        token = browser.cookies[COOKIE]
        elsewhere.cookies.set(COOKIE, token)
        assert (await elsewhere.get("/api/session")).json() == answer.json()
        me = (await elsewhere.get("/api/me")).json()
        assert (me["user"], me["actor"], me["account"]["id"]) == (user, f"user {EMAIL}", str(api.account))
        assert (await api.client.get("/api/me")).json()["user"] is None

        assert (await browser.delete("/api/session")).status_code == 204
        assert COOKIE not in browser.cookies
        assert (await elsewhere.get("/api/session")).json()["user"] is None
        refused(await elsewhere.get("/api/me"), 401, "unauthorised", "Sign in again", "API key")
        assert await api.one("SELECT count(*) FROM sessions") == 0
        assert (await browser.delete("/api/session")).status_code == 204, "fine when nobody is signed in"


@pytest.mark.parametrize("public_url", ["https://calls.example.com", "http://calls.example.com"])
async def test_the_cookie_is_kept_from_scripts_and_other_sites_and_from_plain_http(api: Api, public_url: str) -> None:
    await api.add_person()
    async with api.at(public_url=public_url).browser() as browser:
        answer = await sign_in(browser)
        set_cookie = answer.headers["set-cookie"]
        name, *flags = set_cookie.replace(browser.cookies[COOKIE], "TOKEN").split("; ")
        assert name == f"{COOKIE}=TOKEN"
        secure = {"Secure"} if public_url.startswith("https") else set()
        assert set(flags) == {"HttpOnly", "Max-Age=1209600", "Path=/", "SameSite=lax"} | secure
        assert answer.headers["cache-control"] == "no-store"
        cleared = (await browser.delete("/api/session")).headers["set-cookie"]
        assert secure <= set(cleared.split("; "))
        assert "Max-Age=0" in cleared


async def test_neither_token_nor_password_nor_address_is_stored_in_clear(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser, WRONG)
        await sign_in(browser)
        token = browser.cookies[COOKIE]
    (row,) = await api.rows("SELECT * FROM sessions")
    assert row.token_hash == credentials.session_token_hash(token)
    stored = f"{row} {await api.rows('SELECT * FROM users')}"
    assert token not in stored
    assert PASSWORD not in stored
    counted = [row.bucket for row in await api.rows("SELECT bucket FROM sign_in_attempts")]
    assert {len(bucket) for bucket in counted} == {32}
    assert EMAIL.encode() not in b"".join(counted)


async def test_a_session_ends_after_14_days_and_is_forgotten_then(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser)
        await api.execute("UPDATE sessions SET expires_at = expires_at - interval '13 days 23 hours 59 minutes'")
        assert (await browser.get("/api/me")).status_code == 200
        async with api.engine.begin() as connection:
            assert await sessions.forget_sessions(connection) == 0
        await api.execute("UPDATE sessions SET expires_at = expires_at - interval '1 minute'")
        refused(await browser.get("/api/me"), 401, "unauthorised", "ended")
        assert (await browser.get("/api/session")).json()["user"] is None
    async with api.engine.begin() as connection:
        assert await sessions.forget_sessions(connection) == 1


async def test_signing_in_again_ends_the_session_that_the_browser_had(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser)
        first = browser.cookies[COOKIE]
        await sign_in(browser)
        assert browser.cookies[COOKIE] != first
    assert await api.one("SELECT count(*) FROM sessions") == 1


async def test_a_person_has_a_hundred_sessions_at_most_and_one_more_ends_the_oldest(api: Api) -> None:
    await api.add_person()
    await api.execute(
        "INSERT INTO sessions (token_hash, user_id, expires_at)"
        " SELECT n::text::bytea, id, now() + n * interval '1 minute' FROM users, generate_series(1, 100) AS n"
        " WHERE email = :email",
        email=EMAIL,
    )
    async with api.browser() as browser:
        assert (await sign_in(browser)).status_code == 200
    assert await api.one("SELECT count(*) FROM sessions") == 100
    assert await api.one("SELECT count(*) FROM sessions WHERE token_hash = '1'") == 0


async def test_an_unknown_address_is_answered_like_a_wrong_password_after_the_same_work(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.add_person()
    looked = Mock(wraps=credentials.password_is_right)
    monkeypatch.setattr(credentials, "password_is_right", looked)
    async with api.browser() as browser:
        wrong = refused(await sign_in(browser, WRONG), 401, "sign_in_refused", "address or the password")
        unknown = refused(await sign_in(browser, email="nobody@example.com"), 401, "sign_in_refused")
        assert COOKIE not in browser.cookies
    assert wrong | {"request_id": ""} == unknown | {"request_id": ""}
    assert looked.call_count == 2
    assert looked.call_args_list[1].args == (PASSWORD, None), "which test_credentials.py holds to the same work"


async def test_a_hash_with_old_parameters_is_replaced_when_its_owner_signs_in(api: Api) -> None:
    await api.add_person()
    old = argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    await api.execute("UPDATE users SET password_hash = :old WHERE email = :email", old=old, email=EMAIL)
    async with api.browser() as browser:
        await sign_in(browser, WRONG)
        stored = "SELECT password_hash FROM users WHERE email = :email"
        assert await api.one(stored, email=EMAIL) == old
        assert (await sign_in(browser)).status_code == 200
        renewed = await api.one(stored, email=EMAIL)
        assert not credentials.is_outdated(renewed)
        assert (await sign_in(browser)).status_code == 200
        assert await api.one(stored, email=EMAIL) == renewed


async def test_what_cannot_be_meant_is_refused_without_being_repeated(api: Api) -> None:
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"email": "ada"}, "invalid_email", "ada@example.com"),
        ({"email": "a\0da@example.com"}, "invalid_email", "e-mail address"),
        ({"email": "a" * 300 + "@example.com"}, "too_long", "254"),
        ({"password": ""}, "too_short", "password"),
        ({"password": "x" * 201}, "too_long", "200 characters"),
        ({"password": 12}, "wrong_type", "text"),
        ({"passwort": PASSWORD}, "unknown_field", "password"),
    ]
    async with api.browser() as browser:
        for fields, code, said in wrong:
            answer = await browser.post("/api/session", json={"email": EMAIL, "password": PASSWORD} | fields)
            refused(answer, 400, code, said)
            assert PASSWORD not in answer.text
        as_text = {"Content-Type": "text/plain"}
        refused(await browser.post("/api/session", content=b"{}", headers=as_text), 415, "unsupported_media_type")
    assert await api.one("SELECT count(*) FROM sign_in_attempts") == 0


# ---- attempts


async def test_the_eleventh_wrong_password_is_not_looked_at_any_more_and_strangers_lock_nobody_out(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.add_person()
    await api.add_person("ben@example.com")
    looked = Mock(wraps=credentials.password_is_right)
    monkeypatch.setattr(credentials, "password_is_right", looked)
    async with api.browser("198.51.100.1") as stranger, api.browser() as ada:
        for _ in range(sign_ins.MOST_FOR_EMAIL):
            refused(await sign_in(stranger, WRONG), 401, "sign_in_refused")
        answer = await sign_in(stranger)
        refused(answer, 429, "too_many_attempts", "15 min")
        assert 0 < int(answer.headers["retry-after"]) <= sign_ins.WINDOW
        assert looked.call_count == sign_ins.MOST_FOR_EMAIL
        assert (await sign_in(stranger, email="ben@example.com")).status_code == 200
        assert (await sign_in(ada)).status_code == 200
        await api.execute("UPDATE sign_in_attempts SET began_at = began_at - interval '15 minutes'")
        assert (await sign_in(stranger)).status_code == 200


async def test_a_client_has_a_hundred_attempts_at_whatever_addresses_and_then_leaves_no_more_rows(api: Api) -> None:
    async with api.browser() as browser:
        await sign_in(browser, WRONG)
        await api.execute("UPDATE sign_in_attempts SET attempts = :most", most=sign_ins.MOST_OF_CLIENT - 1)
        refused(await sign_in(browser, WRONG, "one@example.com"), 401, "sign_in_refused")
        rows = await api.one("SELECT count(*) FROM sign_in_attempts")
        refused(await sign_in(browser, WRONG, "two@example.com"), 429, "too_many_attempts")
        assert await api.one("SELECT count(*) FROM sign_in_attempts") == rows


async def test_right_passwords_use_no_attempt_up(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        for _ in range(sign_ins.MOST_FOR_EMAIL + 2):
            assert (await sign_in(browser)).status_code == 200
        await sign_in(browser, WRONG)
    assert [row.attempts for row in await api.rows("SELECT attempts FROM sign_in_attempts")] == [1, 1]


async def test_attempts_at_once_are_all_counted(api: Api) -> None:
    async with api.browser() as one, api.browser() as other:
        answers = await asyncio.gather(*(sign_in(each, WRONG) for each in (one, other) * 10))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 10


async def test_an_ipv6_subscriber_is_one_client_whichever_address_they_choose(api: Api) -> None:
    for address in (
        "2001:db8:1:2::1",
        "2001:db8:1:2:ffff::",
        "2001:db8:1:3::1",
        "::ffff:192.0.2.1",
        "192.0.2.1",
        "gateway",
    ):
        async with api.browser(address) as browser:
            await sign_in(browser, WRONG)
    clients = await api.rows("SELECT attempts FROM sign_in_attempts ORDER BY attempts")
    assert [row.attempts for row in clients] == [1] * 4 + [2] * 4, "a count of the client, and one for the address"


async def test_counts_are_forgotten_when_their_window_is_over(api: Api) -> None:
    async with api.browser() as browser:
        await sign_in(browser, WRONG)
        async with api.engine.begin() as connection:
            assert await sign_ins.forget_attempts(connection) == 0
        await api.execute("UPDATE sign_in_attempts SET began_at = began_at - interval '16 minutes'")
        async with api.engine.begin() as connection:
            assert await sign_ins.forget_attempts(connection) == 2


async def test_the_scheduler_forgets_sessions_and_counts_whose_time_is_over(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser)
        await sign_in(browser, WRONG)
    await api.execute("UPDATE sessions SET expires_at = now()")
    await api.execute("UPDATE sign_in_attempts SET began_at = began_at - interval '16 minutes'")
    folding = asyncio.create_task(keep_folding(api.engine))

    async def nothing_is_left() -> bool:
        left = "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM sign_in_attempts)"
        return bool(await api.one(left) == 0)

    await eventually(nothing_is_left)
    folding.cancel()
    await asyncio.gather(folding, return_exceptions=True)


# ---- whose page it is


@pytest.mark.parametrize(
    "said", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "https://calls.example.com"}], ids=["modern", "older"]
)
async def test_our_own_pages_act_for_whoever_is_signed_in(api: Api, said: dict[str, str]) -> None:
    await api.add_person()
    async with api.browser() as browser:
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(said)
        assert (await sign_in(browser)).status_code == 200
        assert (await browser.post("/api/wallet/top-ups", json=TOP_UP)).status_code == 201
        assert (await browser.delete("/api/session")).status_code == 204


@pytest.mark.parametrize(
    "said",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}],
    ids=["modern", "older", "nothing said"],
)
async def test_pages_of_others_change_nothing_sign_nobody_in_and_nobody_out(api: Api, said: dict[str, str]) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser)
        del browser.headers["Sec-Fetch-Site"]
        browser.headers.update(said)
        for refusal in (
            await browser.post("/api/wallet/top-ups", json=TOP_UP, headers={"Idempotency-Key": "k1"}),
            await browser.post("/api/campaigns", content=b"not even read", headers={"Content-Type": "text/plain"}),
            await browser.delete("/api/api-keys/nothing"),
            await sign_in(browser),
            await browser.delete("/api/session"),
            await browser.post("/api/administrator", json={}),
        ):
            refused(refusal, 403, "cross_site_request", "Origin")
            assert "set-cookie" not in refusal.headers
        assert (await browser.get("/api/me")).status_code == 200, (
            "reading changes nothing, and no page reads the answer"
        )
    assert await api.one("SELECT count(*) FROM idempotency_keys") == 0
    assert await api.one("SELECT count(*) FROM ledger_entries WHERE account_id = :id", id=api.account) == 1
    assert await api.one("SELECT count(*) FROM sessions") == 1


async def test_an_api_key_is_asked_nothing_about_pages_and_wins_over_a_cookie(api: Api) -> None:
    await api.add_person()
    other = await api.another_account()
    async with api.browser() as browser:
        await sign_in(browser)
        browser.headers["Sec-Fetch-Site"] = "cross-site"
        browser.headers["Authorization"] = other.client.headers["Authorization"]
        assert (await browser.get("/api/me")).json()["account"]["id"] == str(other.account)
        assert (await browser.post("/api/wallet/top-ups", json=TOP_UP)).status_code == 201
        browser.headers["Authorization"] = "Bearer bt_wrong"
        refused(await browser.get("/api/me"), 401, "unauthorised", "API key")
        browser.headers["Authorization"] = "Basic YTpi"
        assert (await browser.get("/api/me")).json()["user"]["email"] == EMAIL
    await other.client.aclose()


async def test_without_either_the_refusal_names_both_ways(api: Api) -> None:
    async with api.browser() as browser:
        answer = await browser.get("/api/me")
        refused(answer, 401, "unauthorised", "Authorization: Bearer", "/api/session")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        browser.cookies.set(COOKIE, "x" * 5_000)
        refused(await browser.get("/api/me"), 401, "unauthorised", "ended")


# ---- what a person may do


async def test_what_a_person_does_is_done_once_for_their_account_and_in_their_name(api: Api) -> None:
    await api.add_person()
    other = await api.another_account()
    theirs = (await other.create()).json()["id"]
    async with api.browser() as browser:
        await sign_in(browser)
        first, again = [
            await browser.post("/api/campaigns", json=campaign(), headers={"Idempotency-Key": "k1"}) for _ in range(2)
        ]
        assert (first.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotent-replayed"] == "true"
        events = (await browser.get(f"/api/campaigns/{first.json()['id']}/events")).json()
        assert events["items"][0]["actor"] == f"user {EMAIL}"
        refused(await browser.get(f"/api/campaigns/{theirs}"), 404, "not_found")
    await other.client.aclose()


async def test_a_sign_in_is_never_answered_from_what_was_kept(api: Api) -> None:
    await api.add_person()
    async with api.browser(**{"Idempotency-Key": "k1"}) as browser:
        assert (await sign_in(browser)).status_code == 200
        refused(await sign_in(browser, WRONG), 401, "sign_in_refused")
    assert await api.one("SELECT count(*) FROM idempotency_keys") == 0


async def test_a_member_does_all_but_keys_and_top_ups(api: Api) -> None:
    await api.add_person(role=Role.MEMBER)
    key = {"Idempotency-Key": "k1"}
    created = (await api.client.post("/api/api-keys", json={"name": "Import"}, headers=key)).json()
    async with api.browser() as browser:
        assert (await sign_in(browser)).json()["user"]["role"] == "member"
        assert (await browser.post("/api/campaigns", json=campaign())).status_code == 201
        assert (await browser.get("/api/wallet/entries")).status_code == 200
        for refusal in (
            await browser.get("/api/api-keys"),
            await browser.post(
                "/api/api-keys", json={"name": "Import"}, headers=key
            ),  # not even as it was answered before
            await browser.delete(f"/api/api-keys/{created['id']}"),
            await browser.post("/api/wallet/top-ups", json=TOP_UP),
        ):
            refused(refusal, 403, "administrators_only", "administrator")
    assert await api.one("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL") == 0


async def test_an_administrator_makes_and_revokes_keys_and_puts_money_in(api: Api) -> None:
    await api.add_person()
    async with api.browser() as browser:
        await sign_in(browser)
        created = (await browser.post("/api/api-keys", json={"name": "Import"})).json()
        assert created["key"].startswith("bt_")
        assert (await browser.get("/api/api-keys")).json()["total"] == 2
        assert (await browser.delete(f"/api/api-keys/{created['id']}")).status_code == 204
        assert (await browser.post("/api/wallet/top-ups", json=TOP_UP)).status_code == 201


# ---- the first visit

FIRST = {"email": "Ada@Example.com", "password": PASSWORD, "account_name": "Example Ltd"}


@pytest.fixture
async def empty(api: Api) -> Api:
    """An API without anybody."""
    await api.execute("TRUNCATE accounts CASCADE")
    return api


async def test_the_first_visitor_becomes_the_administrator_of_a_new_account_and_is_signed_in(empty: Api) -> None:
    async with empty.browser() as browser:
        assert (await browser.get("/api/session")).json() == {
            "user": None,
            "needs_administrator": True,
            "calls_are_simulated": True,
        }
        answer = await browser.post("/api/administrator", json=FIRST)
        assert answer.status_code == 201
        assert answer.json()["needs_administrator"] is False
        assert answer.headers["cache-control"] == "no-store"
        me = (await browser.get("/api/me")).json()
        assert (me["user"], me["user"]["role"]) == (answer.json()["user"], "administrator")
        assert (me["account"]["name"], me["account"]["currency"]) == ("Example Ltd", "USD")
        assert (await browser.get("/api/wallet")).json()["balance"] == "0.00"
        assert (await browser.get("/api/wallet/entries")).json()["total"] == 0
        refused(await browser.post("/api/administrator", json=FIRST), 409, "administrator_exists", "Sign in")
        assert (await sign_in(browser)).status_code == 200


async def test_of_two_first_administrators_at_once_one_is(empty: Api) -> None:
    async with empty.browser() as one, empty.browser() as other:
        answers = await asyncio.gather(
            *(
                browser.post("/api/administrator", json={**FIRST, "email": f"{name}@example.com"})
                for name, browser in (("ada", one), ("ben", other), ("cy", one), ("di", other))
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await empty.one("SELECT count(*) FROM users") == 1
    assert await empty.one("SELECT count(*) FROM accounts") == 1


@pytest.mark.parametrize(("accounts", "after"), [(1, 1), (2, 3)])
async def test_the_only_account_is_theirs_and_of_several_none(empty: Api, accounts: int, after: int) -> None:
    await empty.execute(
        "INSERT INTO accounts (id, name, currency, balance)"
        " SELECT gen_random_uuid(), 'Earlier', 'EUR', 0 FROM generate_series(1, :accounts)",
        accounts=accounts,
    )
    async with empty.browser() as browser:
        assert (await browser.post("/api/administrator", json=FIRST)).status_code == 201
        name = (await browser.get("/api/me")).json()["account"]["name"]
    assert name == ("Earlier" if accounts == 1 else "Example Ltd")
    assert await empty.one("SELECT count(*) FROM accounts") == after


async def test_a_first_administrator_has_a_password_an_address_and_an_account(empty: Api) -> None:
    async with empty.browser() as browser:
        for fields, code, said in (
            ({"password": "x" * 11}, "too_short", "at least 12"),
            ({"password": "ada@example.com"}, "password_is_email", "another text"),
            ({"email": "ada"}, "invalid_email", "ada@example.com"),
            ({"account_name": " "}, "too_short", "account_name"),
        ):
            refused(await browser.post("/api/administrator", json=FIRST | fields), 400, code, said)
    assert await empty.one("SELECT count(*) FROM users") == 0
