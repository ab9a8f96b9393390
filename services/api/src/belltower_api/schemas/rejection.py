"""What was left out of a list, and why."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from belltower.domain import phone

Source = Literal["phone_numbers", "file"]


class RejectedNumber(BaseModel):
    """An entry that is no number that can be rung."""

    source: Source
    line: int = Field(description="From 1: the file's line, or the position in phone_numbers.", examples=[4])
    value: str = Field(examples=["n/a"])
    reason: str = Field(examples=["it is not a telephone number"])


class RejectedNumbers(BaseModel):
    """What was left out of a list."""

    count: int = Field(examples=[1])
    items: list[RejectedNumber] = Field(description=f"The first {phone.LISTED_REJECTIONS}.")


def rejected_numbers(sources: Sequence[tuple[Source, phone.PhoneList]]) -> RejectedNumbers:
    """What was left out of one or several lists."""
    items = [
        RejectedNumber(source=source, line=entry.line, value=entry.value, reason=entry.reason)
        for source, numbers in sources
        for entry in numbers.rejected
    ]
    return RejectedNumbers(
        count=sum(numbers.rejections for _, numbers in sources), items=items[: phone.LISTED_REJECTIONS]
    )
