"""The whole product over HTTP: a running one (BELLTOWER_URL and BELLTOWER_API_KEY), or one that is started for the tests."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.support.eventually import eventually_sync
from tests.support.processes import Start
from tests.support.product import create_account
from tests.support.world import QUICK


@dataclass
class Product:
    """Belltower as its user meets it."""

    client: httpx.Client

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


@pytest.fixture
def product(request: pytest.FixtureRequest) -> Iterator[Product]:
    """An account's view of a running Belltower."""
    url, key = os.environ.get("BELLTOWER_URL"), os.environ.get("BELLTOWER_API_KEY")
    if not url or not key:
        start: Start = request.getfixturevalue("start")
        carrier = start("carrier")
        httpx.put(f"{carrier.url}/_simulator/behaviour", json=QUICK, trust_env=False).raise_for_status()
        url = start("api").url
        start("scheduler")
        start("dialer")
        key = create_account(request.getfixturevalue("database_url"))
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30) as client:
        yield Product(client)
