"""The wallet: its money, its ledger, and what is put into it."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import wallet
from belltower.db.engine import in_transaction
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Administrator, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Paging
from belltower_api.schemas.wallet import TopUp, Wallet, WalletEntry, WalletEntryCollection

router = APIRouter(prefix="/api/wallet", tags=["Wallet"], route_class=AccountRoute, dependencies=AUTHENTICATED)


@router.get("", summary="Look at the wallet", responses=problems(401))
async def get_wallet(res: Res, asker: Asker) -> Wallet:
    """The account's money at this moment."""
    async with res.reader.connect() as connection:
        found = await wallet.get_wallet(connection, asker.account_id)
    return Wallet(
        balance=found.balance,
        held=found.held,
        available=found.available,
        minimum_balance=res.settings.minimum_balance,
        currency=found.currency,
    )


@router.get("/entries", summary="List the ledger", responses=problems(400, 401))
async def list_wallet_entries(paging: Annotated[Paging, Query()], res: Res, asker: Asker) -> WalletEntryCollection:
    """Everything that was put into the wallet and taken out of it, the newest first."""
    async with res.reader.connect() as connection:
        page = await wallet.get_entries(
            connection, asker.account_id, after=read_cursor(paging.cursor, int), limit=paging.limit
        )
        currency = (await wallet.get_wallet(connection, asker.account_id)).currency
    return WalletEntryCollection(
        items=[WalletEntry.of(entry, currency) for entry in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.post(
    "/top-ups",
    summary="Put money into the wallet",
    status_code=201,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
async def top_up_wallet(top_up: TopUp, res: Res, asker: Administrator, once: Kept) -> WalletEntry:
    """Add an amount to the balance. Send an `Idempotency-Key`, so that a request that is sent again adds it once.

    For administrators and API keys.
    """

    async def work(connection: AsyncConnection) -> WalletEntry:
        entry = await wallet.top_up(connection, asker.account_id, top_up.amount, top_up.note)
        currency = (await wallet.get_wallet(connection, asker.account_id)).currency
        added = WalletEntry.of(entry, currency)
        await once.keep(connection, added, headers={})
        return added

    return await in_transaction(res.engine, work)
