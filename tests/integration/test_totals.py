"""How many campaigns a list has is always told as it is, though it is rarely counted."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from tests.support.books import Books

from belltower.db import totals as module
from belltower.db.campaigns import Only, get_all_campaigns
from belltower.db.totals import Totals
from belltower.domain.campaign import CampaignStatus

ALL = Only()


class Lists:
    """An account's lists, and how often they were counted."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.totals = Totals()
        self.counts = 0
        event.listen(books.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.counts += "count(*)" in statement

    async def total(self, only: Only = ALL, account: UUID | None = None) -> int:
        """What a list says how many it has."""
        reader = self.books.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with reader.connect() as connection:
            page = await get_all_campaigns(
                connection, account or self.books.account, only=only, limit=1, totals=self.totals
            )
        return page.total

    def close(self) -> None:
        """Count no more."""
        event.remove(self.books.engine.sync_engine, "before_cursor_execute", self._note)


@pytest.fixture
def lists(books: Books) -> Any:
    """The lists of the test's account."""
    made = Lists(books)
    yield made
    made.close()


async def settled(lists: Lists) -> int:
    """The total, once nothing is under way that a count may have missed."""
    await lists.total()
    await lists.books.execute("SELECT pg_current_xact_id()")
    return await lists.total()


async def test_what_did_not_change_is_counted_once(lists: Lists) -> None:
    await lists.books.campaign(1)
    assert await settled(lists) == 1
    lists.counts = 0
    assert [await lists.total() for _ in range(5)] == [1] * 5
    assert lists.counts == 0


async def test_every_change_is_told_at_once(lists: Lists) -> None:
    books = lists.books
    campaign = await books.campaign(1)
    assert await settled(lists) == 1
    running = Only(status=CampaignStatus.PROCESSING)
    assert await lists.total(running) == 1
    await books.campaign(1)
    assert (await lists.total(), await lists.total(running)) == (2, 2)
    for change, all_of_them, waiting in (
        ("status = 'paused', next_due_at = NULL, owner = NULL", 2, 1),
        ("archived_at = now()", 1, 1),
        ("archived_at = NULL", 2, 1),
        ("deleted_at = now()", 1, 1),
    ):
        await books.execute(f"UPDATE campaigns SET {change} WHERE id = :id", id=campaign)
        assert (await lists.total(), await lists.total(running)) == (all_of_them, waiting), change


async def test_a_transaction_that_began_before_the_count_and_commits_after_it_is_told(lists: Lists) -> None:
    books = lists.books
    campaign = await books.campaign(1)
    async with books.engine.connect() as early:
        await early.execute(
            text("UPDATE campaigns SET deleted_at = now(), next_due_at = NULL WHERE id = :id"), {"id": campaign}
        )
        await books.campaign(1)  # by a later transaction, which commits first
        assert await settled(lists) == 2
        assert await lists.total() == 2
        await early.commit()
    assert await lists.total() == 1


async def test_another_server_is_asked_anew(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    await lists.books.campaign(1)
    assert await settled(lists) == 1
    for key, counted in lists.totals._counted.items():
        lists.totals._counted[key] = module._Counted(7, counted.snapshot, counted.server - 1)
    assert await lists.total() == 1


async def test_accounts_and_lists_are_told_apart(lists: Lists) -> None:
    await lists.books.campaign(1)
    assert await lists.total() == 1
    assert await lists.total(account=uuid4()) == 0
    assert await lists.total(Only(created_to=datetime(2000, 1, 1, tzinfo=UTC))) == 0
    assert await lists.total(Only(search="no such name")) == 0
    assert await lists.total() == 1


async def test_no_more_counts_are_kept_than_there_is_room_for(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    for search in ("a", "b", "c", "d"):
        await lists.total(Only(search=search))
    assert len(lists.totals._counted) == 2
