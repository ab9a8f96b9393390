"""The wallet: a balance that the ledger always sums to, and what calls hold of it."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
from belltower.db.page import Page, cut
from belltower.db.tables import ledger_entries, unfolded
from belltower.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Wallet:
    """An account's money at one moment. `balance` is what the ledger sums to; `held` of it is promised to calls."""

    currency: str
    balance: Decimal
    held: Decimal

    @property
    def available(self) -> Decimal:
        """What new calls can still hold."""
        return self.balance - self.held


async def get_wallet(connection: AsyncConnection, account_id: UUID) -> Wallet:
    """The wallet of an account. Raises `NotFound`."""
    row = (await connection.execute(sql("wallet"), {"account": account_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return Wallet(row.currency, row.balance, row.held)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. Money is in the account's currency."""

    id: int
    at: datetime
    kind: str
    amount: Decimal
    """What it added to the balance; a charge is negative."""
    written_off: Decimal
    attempt_id: UUID | None
    note: str | None


_ENTRY_COLUMNS = [ledger_entries.c[field.name] for field in fields(Entry)]


async def get_entries(
    connection: AsyncConnection, account_id: UUID, *, after: int | None = None, limit: int
) -> Page[Entry]:
    """A page of an account's ledger, the newest first; those that follow the entry `after`, where given."""
    of_account = ledger_entries.c.account_id == account_id
    total = (await connection.execute(select(func.count()).select_from(ledger_entries).where(of_account))).scalar_one()
    wanted = select(*_ENTRY_COLUMNS).where(of_account)
    if after is not None:
        wanted = wanted.where(ledger_entries.c.id < after)
    rows = await connection.execute(wanted.order_by(ledger_entries.c.id.desc()).limit(limit + 1))
    return cut([Entry(*row) for row in rows], limit=limit, total=total)


async def add_entry(
    connection: AsyncConnection,
    account_id: UUID,
    kind: str,
    amount: Decimal,
    *,
    note: str | None = None,
) -> Entry:
    """Append an entry to the ledger, without the change of the balance: the caller appends that to `unfolded`."""
    added = await connection.execute(
        insert(ledger_entries)
        .values(account_id=account_id, kind=kind, amount=amount, note=note)
        .returning(*_ENTRY_COLUMNS)
    )
    return Entry(*added.one())


async def top_up(connection: AsyncConnection, account_id: UUID, amount: Decimal, note: str | None) -> Entry:
    """Put money into a wallet; the ledger's new entry."""
    entry = await add_entry(connection, account_id, "top_up", amount, note=note)
    await connection.execute(insert(unfolded).values(account_id=account_id, amount=amount))
    return entry
