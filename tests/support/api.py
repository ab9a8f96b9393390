"""The API on a database of its own, spoken to over HTTP inside the test's process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.accounts import NewAccount, create_account
from belltower.db.engine import create_engine
from belltower.db.tables import attempts
from belltower.db.users import create_user
from belltower.domain.credentials import new_api_key, password_hash
from belltower.domain.principal import Role
from belltower.runtime.settings import CarrierKind
from belltower_api.app import create_app
from belltower_api.settings import ApiSettings

PUBLIC_URL = "https://calls.example.com"
AUTH_TOKEN = "the-carriers-secret"
EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")


@dataclass
class Api:
    """The API and one account that uses it."""

    client: httpx.AsyncClient
    engine: AsyncEngine
    settings: ApiSettings
    account: UUID

    async def another_account(self, *, balance: str = "100.00", caller_id: str | None = "+14155550199") -> "Api":
        """The same API, used by another account."""
        account, key = await _account(self.engine, Decimal(balance), caller_id)
        return Api(_client(self.settings, self.engine, key), self.engine, self.settings, account)

    def browser(self, address: str = "203.0.113.7", **headers: str) -> httpx.AsyncClient:
        """A browser at this network address that shows one of our pages, to another process of the API."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(self.settings, self.engine), client=(address, 50_000)),
            base_url=self.settings.public_url,
            headers={"Sec-Fetch-Site": "same-origin", **headers},
        )

    def at(self, **changes: Any) -> "Api":
        """The same with other settings; its `client` stays as it is."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    async def add_person(self, email: str = EMAIL, role: Role = Role.ADMINISTRATOR) -> None:
        """A person of this account, with the usual password."""
        async with self.engine.begin() as connection:
            await create_user(connection, self.account, email=email, password_hash=password_hash(PASSWORD), role=role)

    async def create(self, **changes: Any) -> httpx.Response:
        """POST a campaign."""
        return await self.client.post("/api/campaigns", json=campaign(**changes))

    async def upload(self, content: bytes | str, filename: str = "people.csv", **fields: Any) -> httpx.Response:
        """POST a campaign with a file."""
        form = {"welcome_message": "Hello.", **fields}
        return await self.client.post(
            "/api/campaigns/upload",
            data={name: _form_value(value) for name, value in form.items()},
            files={"file": (filename, content)},
        )

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """The rows of a statement."""
        async with self.engine.connect() as connection:
            return list(await connection.execute(text(statement), parameters))

    async def one(self, statement: str, **parameters: Any) -> Any:
        """The one value of a statement."""
        async with self.engine.connect() as connection:
            return (await connection.execute(text(statement), parameters)).scalar_one()

    async def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), parameters)

    async def phones(self, campaign_id: str) -> list[str]:
        """The numbers of a campaign, in the order of its list."""
        found = await self.rows("SELECT phone FROM contacts WHERE campaign_id = :id ORDER BY id", id=campaign_id)
        return [row.phone for row in found]


def campaign(**changes: Any) -> dict[str, Any]:
    """A campaign as one may send it, with changes; a change to `...` leaves the field out."""
    body = {"name": "Test", "phone_numbers": ["+14155550123"], "welcome_message": "Hello.", **changes}
    return {name: value for name, value in body.items() if value is not ...}


async def created(api: Api, **changes: Any) -> dict[str, Any]:
    """A campaign that was POSTed."""
    response = await api.create(**changes)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def a_call(api: Api, campaign_id: str, **changes: Any) -> UUID:
    """A call of the campaign's first contact."""
    contact = await api.one("SELECT min(id) FROM contacts WHERE campaign_id = :id", id=campaign_id)
    now = datetime.now(UTC)
    call = {
        "id": uuid4(),
        "account_id": api.account,
        "campaign_id": campaign_id,
        "contact_id": contact,
        "number": 1,
        "phone": "+14155550123",
        "caller_id": "+14155550100",
        "status": "dialling",
        "carrier": "simulated",
        "dialer": 1,
        "time_limit": 600,
        "ring_timeout": 30,
        "send_by": now,
        "check_at": now,
        "hold": "0.20",
        **changes,
    }
    async with api.engine.begin() as connection:
        await connection.execute(insert(attempts).values(**call))
    return UUID(str(call["id"]))


def refused(response: httpx.Response, status: int, code: str, *said: str) -> dict[str, Any]:
    """The problem in a refusal, after a look at all that every refusal has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"].endswith((".", "?")), problem
    for word in said:
        assert word in problem["detail"], problem
    for each in (problem, *problem.get("errors", ())):
        assert f"`{each['code']}`" in DOCUMENTED, f"docs/errors.md lacks {each['code']}"
    if status == 400:
        assert code == "malformed_request" or problem["errors"][0]["code"] == code
    assert "Traceback" not in response.text
    return problem


def _form_value(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, list) else str(value)


async def _account(engine: AsyncEngine, balance: Decimal, caller_id: str | None) -> tuple[UUID, str]:
    key = new_api_key()
    new = NewAccount("Test", f"{key[3:].lower()}@example.com", "x", caller_id, "USD", balance)
    async with engine.begin() as connection:
        return await create_account(connection, new, key), key


def _client(settings: ApiSettings, engine: AsyncEngine, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(settings, engine)),
        base_url="http://api.example.com",
        headers={"Authorization": f"Bearer {key}"},
    )


def api_settings(database_url: str, **changes: Any) -> ApiSettings:
    """Settings for a test."""
    return ApiSettings(
        **{
            "database_url": SecretStr(database_url),
            "carrier": CarrierKind.SIMULATED,
            "carrier_url": "http://127.0.0.1:9",
            "carrier_account_sid": "AC0",
            "carrier_auth_token": SecretStr(AUTH_TOKEN),
            "public_url": PUBLIC_URL,
            "request_limit": 2**18,
            "upload_limit": 2**23,
            **changes,
        }
    )


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The API, used by an account with 100.00 and the caller id +14155550100."""
    settings = api_settings(database_url)
    engine = create_engine(settings, name="test")
    account, key = await _account(engine, Decimal("100.00"), "+14155550100")
    client = _client(settings, engine, key)
    yield Api(client, engine, settings, account)
    await client.aclose()
    await engine.dispose()
