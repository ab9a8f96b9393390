"""The part of Belltower's API that the runner uses, as any client would."""

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from belltower_local.packages import SetupError

Json = dict[str, Any]


class Unavailable(Exception):
    """The API cannot answer now; it may soon."""


class Api:
    """A client of one account."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def create(self, fields: Json) -> Json:
        """Make a campaign of numbers given with it."""
        return self._ask("POST", "/api/campaigns", json=fields)

    def upload(self, contacts: Path, fields: dict[str, str]) -> Json:
        """Make a campaign of a contact file."""
        with contacts.open("rb") as file:
            files = {"file": (contacts.name, file, "text/csv")}
            return self._ask("POST", "/api/campaigns/upload", data=fields, files=files)

    def campaigns(self) -> list[Json]:
        """The newest campaigns."""
        return self._items("/api/campaigns")

    def campaign(self, campaign_id: str) -> Json:
        """A campaign with its progress."""
        return self._ask("GET", f"/api/campaigns/{campaign_id}")

    def events(self, campaign_id: str) -> list[Json]:
        """The transitions of a campaign, the oldest first."""
        return sorted(self._items(f"/api/campaigns/{campaign_id}/events"), key=lambda event: moment(event["at"]))

    def calls(self, campaign_id: str) -> list[Json]:
        """All calls of a campaign."""
        calls: list[Json] = []
        cursor: str | None = None
        while True:
            parameters = {"cursor": cursor} if cursor else {}
            page = self._ask("GET", f"/api/campaigns/{campaign_id}/calls", params=parameters)
            calls.extend(page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return calls

    def wallet(self) -> Json:
        """What the account holds."""
        return self._ask("GET", "/api/wallet")

    def _items(self, path: str) -> list[Json]:
        items: list[Json] = self._ask("GET", path)["items"]
        return items

    def _ask(self, method: str, path: str, **arguments: Any) -> Json:
        """The JSON of an answer. Raises `SetupError` with the API's own words when it refuses, and `Unavailable`."""
        try:
            response = self._client.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise Unavailable(f"{method} {path}: {error}") from error
        if response.is_server_error:
            raise Unavailable(f"{method} {path} gave {response.status_code}: {response.text}")
        if response.is_error:
            raise SetupError(f"{method} {path} gave {response.status_code}: {response.text}")
        answer: Json = response.json()
        return answer


def moment(text: str) -> datetime:
    """An instant as the API writes it (RFC 3339)."""
    return datetime.fromisoformat(text)
