"""API keys: listed, created, revoked."""

from dataclasses import asdict
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import api_keys
from belltower.db.engine import in_transaction
from belltower.domain.credentials import new_api_key
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Administrator, Res
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.paging import next_cursor, read_cursor
from belltower_api.problems import problems
from belltower_api.schemas.collection import Collection, Paging
from belltower_api.schemas.values import Instant, Name, Request

router = APIRouter(prefix="/api/api-keys", tags=["API keys"], route_class=AccountRoute, dependencies=AUTHENTICATED)


class ApiKeyCreate(Request):
    """An API key to create."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Nightly import"}]})

    name: Name = Field(description="What the key is for.", examples=["Nightly import"])


class ApiKey(BaseModel):
    """A key that is valid."""

    id: UUID = Field(examples=["01976f5c-1b7d-7d40-a2c6-0f8e3b5d9a14"])
    name: str = Field(examples=["Nightly import"])
    prefix: str = Field(description="Its first characters, to tell one from another.", examples=["bt_Q3vXcd"])
    created_at: Instant
    last_used_at: Instant | None = Field(description="To the minute; null: never.")

    @classmethod
    def of(cls, key: api_keys.ApiKey) -> Self:
        return cls(**asdict(key))


class ApiKeyCreated(ApiKey):
    """A key that was just created."""

    key: str | None = Field(
        description="The key. It is shown this once, and stored nowhere: null when the same request is answered again.",
        examples=["bt_Q3vXcd9sK2mWz7Yb4Rf8Tg1Hn6Jp0Lq5Vx3Cu2Ae9Di"],
    )


class ApiKeyCollection(Collection[ApiKey]):
    """A page of API keys, the newest first."""


@router.get("", summary="List the API keys", responses=problems(400, 401, 403))
async def list_api_keys(paging: Annotated[Paging, Query()], res: Res, asker: Administrator) -> ApiKeyCollection:
    """The account's valid keys, the newest first. None of them can be shown again. For administrators and keys."""
    async with res.reader.connect() as connection:
        page = await api_keys.get_api_keys(
            connection, asker.account_id, after=read_cursor(paging.cursor, UUID), limit=paging.limit
        )
    return ApiKeyCollection(
        items=[ApiKey.of(key) for key in page.items],
        next_cursor=next_cursor(page.items[-1].id) if page.has_more else None,
        total=page.total,
    )


@router.post(
    "",
    summary="Create an API key",
    status_code=201,
    responses={201: {"links": links("key_id", "revoke_api_key")}, **problems(400, 401, 403, 409, 413, 415, 422)},
)
async def create_api_key(
    fields: ApiKeyCreate, res: Res, asker: Administrator, response: Response, once: Kept
) -> ApiKeyCreated:
    """Create a key, which may do all that an administrator of the account may. Keep it: it is shown only now."""
    secret = new_api_key()

    async def work(connection: AsyncConnection) -> ApiKey:
        created = ApiKey.of(await api_keys.create_api_key(connection, asker.account_id, secret, name=fields.name))
        await once.keep(connection, ApiKeyCreated(**created.model_dump(), key=None), headers=_NOT_STORED)
        return created

    created = await in_transaction(res.engine, work)
    response.headers.update(_NOT_STORED)
    return ApiKeyCreated(**created.model_dump(), key=secret)


_NOT_STORED = {"Cache-Control": "no-store"}


@router.delete("/{key_id}", summary="Revoke an API key", status_code=204, responses=problems(401, 403, 404))
async def revoke_api_key(key_id: UUID, res: Res, asker: Administrator) -> None:
    """Make a key invalid at once and for good. A key may revoke itself."""
    async with res.engine.begin() as connection:
        await api_keys.revoke_api_key(connection, asker.account_id, key_id)
