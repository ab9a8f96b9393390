"""A page of a collection, and which one is wanted."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from belltower_api.schemas.values import Request


class Paging(Request):
    """Which page of a collection."""

    model_config = ConfigDict(strict=False)  # a query has texts only

    limit: int = Field(default=50, ge=1, le=500, description="Items of a page at most.")
    cursor: str | None = Field(default=None, max_length=1_500, description="The `next_cursor` of the page before.")


Item = TypeVar("Item")


class Collection(BaseModel, Generic[Item]):
    """A page of a collection."""

    items: list[Item]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=["MTI4"]
    )
    total: int = Field(description="Items of all pages.", examples=[1])
