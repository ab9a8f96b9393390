"""The whole product over HTTP: a running one (BELLTOWER_URL, _API_KEY, _EMAIL, _PASSWORD), or one started for the tests."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.eventually import eventually_sync
from tests.support.processes import starting
from tests.support.product import EMAIL, PASSWORD, create_account
from tests.support.servers import CHECKOUT, fresh_database, fresh_virtual_host
from tests.support.world import QUICK

from belltower_local.web import build as build_web


@dataclass
class Product:
    """Belltower as its user meets it."""

    client: httpx.Client
    email: str
    """Of the account's administrator."""
    password: str
    database_url: str | None = None
    """Where accounts are created; None: nobody may do so here."""
    others: list["Product"] = field(default_factory=list)
    """The same Belltower as other accounts see it; they end with this one."""

    def another(self, email: str, *, balance: str, caller_id: str = "+14155550100") -> "Product":
        """The same Belltower, as another account sees it. Skips the test where none can be created."""
        if self.database_url is None:
            pytest.skip("this Belltower's accounts are its operator's to create")
        key = create_account(self.database_url, balance=balance, email=email, caller_id=caller_id)
        headers = {"Authorization": f"Bearer {key}"}
        client = httpx.Client(base_url=self.client.base_url, headers=headers, trust_env=False, timeout=30)
        other = Product(client, email, PASSWORD, self.database_url)
        self.others.append(other)
        return other

    def create(self, **fields: Any) -> httpx.Response:
        """POST a campaign; what is not given is sensible."""
        body = {"name": "Notice", "phone_numbers": ["+12025550143"], "welcome_message": "Hello."} | fields
        return self.client.post("/api/campaigns", json=body)

    def get(self, campaign_id: str) -> dict[str, Any]:
        """A campaign."""
        answer = self.client.get(f"/api/campaigns/{campaign_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def items(self, path: str) -> list[dict[str, Any]]:
        """The first page of a collection."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def wait_for(self, campaign_id: str, status: str, *, timeout: float = 60) -> dict[str, Any]:
        """Wait until a campaign has a status."""
        eventually_sync(lambda: self.get(campaign_id)["status"] == status, timeout=timeout, interval=0.1)
        return self.get(campaign_id)


def in_seconds(seconds: float) -> str:
    """An instant so many seconds ahead, as the API takes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An account's view of a running Belltower, which all tests share as its users do."""
    with ExitStack() as stack:
        url, key = os.environ.get("BELLTOWER_URL"), os.environ.get("BELLTOWER_API_KEY")
        if url and key:
            email, password = os.environ["BELLTOWER_EMAIL"], os.environ["BELLTOWER_PASSWORD"]
            database_url = None
        else:
            url, key, database_url = _started(request, stack, tmp_path_factory.mktemp("product"))
            email, password = EMAIL, PASSWORD
        headers = {"Authorization": f"Bearer {key}"}
        client = stack.enter_context(httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30))
        product = Product(client, email, password, database_url)
        yield product
        for other in product.others:
            other.client.close()


def _started(request: pytest.FixtureRequest, stack: ExitStack, logs: Path) -> tuple[str, str, str]:
    """A Belltower for this session: its URL, an account's key, and its database."""
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("migrated_template")
    database_url = stack.enter_context(fresh_database(server, f'TEMPLATE "{template}"'))
    amqp_url = stack.enter_context(fresh_virtual_host(request.getfixturevalue("rabbitmq_for_tests")))
    start = stack.enter_context(starting(request.session, database_url, amqp_url, logs))
    carrier = start("carrier")
    httpx.put(f"{carrier.url}/_simulator/behaviour", json=QUICK, trust_env=False).raise_for_status()
    api = start("api", BELLTOWER_WEB_FOLDER=str(build_web(CHECKOUT)))
    start("scheduler")
    start("dialer")
    return api.url, create_account(database_url), database_url
