"""The wallet: a balance that the ledger always sums to, and what calls hold of it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.engine import sql
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


async def add_entry(
    connection: AsyncConnection,
    account_id: UUID,
    kind: str,
    amount: Decimal,
    *,
    note: str | None = None,
) -> None:
    """Append an entry to the ledger, without the change of the balance: the caller appends that to `unfolded`."""
    await connection.execute(insert(ledger_entries).values(account_id=account_id, kind=kind, amount=amount, note=note))


async def top_up(connection: AsyncConnection, account_id: UUID, amount: Decimal, note: str) -> None:
    """Put money into a wallet."""
    await add_entry(connection, account_id, "top_up", amount, note=note)
    await connection.execute(insert(unfolded).values(account_id=account_id, amount=amount))
