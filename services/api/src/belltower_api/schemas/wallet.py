"""The wallet and its ledger."""

import re
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from belltower.db import wallet
from belltower_api.schemas.collection import Collection
from belltower_api.schemas.values import CallId, Currency, Instant, Money, Note, Request

_AMOUNT = r"^[0-9]{1,7}(\.[0-9]{1,6})?$"
_LARGEST_TOP_UP = Decimal(1_000_000)


def _amount(text: Any) -> Decimal:
    amount = Decimal(text) if isinstance(text, str) and re.fullmatch(_AMOUNT, text) else Decimal(0)
    if not 0 < amount <= _LARGEST_TOP_UP:
        raise PydanticCustomError(
            "invalid_amount", 'is not an amount that can be added; send a text such as "250.00", up to 1000000.'
        )
    return amount


class Wallet(BaseModel):
    """An account's money."""

    balance: Money = Field(description="What the ledger sums to.")
    held: Money = Field(description="Of the balance, what calls under way may cost at most.", examples=["1.60"])
    available: Money = Field(description="balance - held: what new calls can use.", examples=["98.40"])
    minimum_balance: Money = Field(description="Below this balance no campaign can be created.", examples=["10.00"])
    currency: Currency


class WalletEntry(BaseModel):
    """A line of the ledger, to which the balance always sums."""

    id: int = Field(examples=[128])
    at: Instant
    kind: Literal["top_up", "call", "correction"]
    amount: Money = Field(description="What it added to the balance; a charge is negative.")
    written_off: Money = Field(description="What a call cost beyond what the wallet could bear.", examples=["0.00"])
    currency: Currency
    call_id: CallId | None = Field(description="The call that was paid for.", examples=[None])
    note: str | None = Field(examples=["Invoice 2030-117"])

    @classmethod
    def of(cls, entry: wallet.Entry, currency: str) -> Self:
        values = asdict(entry)
        return cls(call_id=values.pop("attempt_id"), currency=currency, **values)


class WalletEntryCollection(Collection[WalletEntry]):
    """A page of the ledger, the newest entry first."""


class TopUp(Request):
    """Money to put into the wallet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": "250.00", "note": "Invoice 2030-117"}]})

    amount: Annotated[
        Decimal,
        BeforeValidator(_amount, json_schema_input_type=str),
        WithJsonSchema({"type": "string", "pattern": _AMOUNT, "examples": ["250.00"]}),
    ] = Field(description="In the account's currency: above zero, at most 1,000,000, with at most six places.")
    note: Note = Field(default=None, description="What the ledger shall say about it.", examples=["Invoice 2030-117"])
