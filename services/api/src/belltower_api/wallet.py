"""The wallet."""

from fastapi import APIRouter, Security

from belltower.db import wallet
from belltower_api.dependencies import AccountRoute, Asker, Res, bearer
from belltower_api.errors import problems
from belltower_api.schemas import Wallet

router = APIRouter(prefix="/api/wallet", tags=["Wallet"], route_class=AccountRoute, dependencies=[Security(bearer)])


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
