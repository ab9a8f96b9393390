"""The first visit: nobody is there yet, and whoever comes becomes the administrator."""

import asyncio
from decimal import Decimal

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.accounts import NewAccount, create_first_administrator, refuse_second_administrator
from belltower.db.engine import in_transaction
from belltower.domain import principal
from belltower.domain.calling_window import first_window
from belltower.domain.credentials import MINIMUM_PASSWORD, check_new_password, new_session_token, password_hash
from belltower.runtime.settings import CarrierKind
from belltower_api.dependencies import Res, VisitorRoute
from belltower_api.problems import problems
from belltower_api.routes.session import session_of, set_cookie, start_session
from belltower_api.schemas.session import Email, Password, Session
from belltower_api.schemas.values import Name
from belltower_api.schemas.values import Request as Fields

router = APIRouter(prefix="/api/administrator", tags=["Session"], route_class=VisitorRoute)


class AdministratorCreate(Fields):
    """The first administrator."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "ada@example.com",
                    "password": "correct horse battery staple",
                    "account_name": "Example Ltd",
                }
            ]
        }
    )

    email: Email
    password: Password = Field(
        description="Any characters, but not the e-mail address.", json_schema_extra={"minLength": MINIMUM_PASSWORD}
    )
    account_name: Name = Field(
        description="What the new account is called. Where there is one account already, they become its administrator.",
        examples=["Example Ltd"],
    )


@router.post("", summary="Create the first administrator", status_code=201, responses=problems(400, 403, 409, 413, 415))
async def create_administrator(fields: AdministratorCreate, request: Request, res: Res, response: Response) -> Session:
    """Create the first person of this Belltower, and sign them in. Possible once, while there is nobody at all."""
    password = fields.password.get_secret_value()
    check_new_password(password, fields.email)
    async with res.reader.connect() as connection:
        await refuse_second_administrator(connection)  # before the work of hashing is done for nothing
    async with res.hashers:
        hashed = await asyncio.to_thread(password_hash, password)
    new = NewAccount(
        name=fields.account_name,
        email=fields.email,
        password_hash=hashed,
        caller_id=None,
        currency=res.settings.currency,
        balance=Decimal(0),
        calling_window=first_window(is_simulated=res.settings.carrier is CarrierKind.SIMULATED),
    )
    token = new_session_token()

    async def work(connection: AsyncConnection) -> principal.User:
        created = await create_first_administrator(connection, new)
        await start_session(connection, request, created, token)
        return created

    administrator = await in_transaction(res.engine, work)
    set_cookie(response, res, token)
    return session_of(res, administrator)
