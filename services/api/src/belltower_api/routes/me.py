"""Who asks, and what for."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from belltower.db.accounts import get_account
from belltower.runtime.settings import CarrierKind
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.problems import problems
from belltower_api.schemas.session import User
from belltower_api.schemas.values import Currency

router = APIRouter(prefix="/api/me", tags=["Account"], route_class=AccountRoute, dependencies=AUTHENTICATED)


class Account(BaseModel):
    """The account that all is done for."""

    id: UUID = Field(examples=["01976f5c-0a00-7c3e-8f21-5d9b6e4a1c07"])
    name: str = Field(examples=["Example Ltd"])
    currency: Currency
    caller_id: str | None = Field(
        description="The number that callees see when a campaign names none.", examples=["+14155550100"]
    )


class Me(BaseModel):
    """Who asks, for which account, and whether calls are real."""

    actor: str = Field(description="How the history names whoever asks.", examples=["api key bt_Q3vXcd"])
    user: User | None = Field(description="Who is signed in; null for an API key.")
    account: Account
    carrier: CarrierKind = Field(description="simulated: nobody is really rung. Any other: people are.")
    calls_are_simulated: bool = Field(examples=[True])


@router.get("", summary="See who asks", responses=problems(401))
async def get_me(res: Res, asker: Asker) -> Me:
    """The account behind the key or the session, and whether this Belltower really calls people."""
    async with res.reader.connect() as connection:
        account = await get_account(connection, asker.account_id)
    carrier = res.settings.carrier
    return Me(
        actor=asker.actor,
        user=User.of(asker.user) if asker.user else None,
        account=Account(id=account.id, name=account.name, currency=account.currency, caller_id=account.caller_id),
        carrier=carrier,
        calls_are_simulated=carrier is CarrierKind.SIMULATED,
    )
