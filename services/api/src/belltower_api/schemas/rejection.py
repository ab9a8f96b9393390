"""What was left out of a list, and what its contacts lack."""

from typing import Literal, Self

from pydantic import BaseModel, Field

from belltower.domain.message import Placeholder

LISTED = 100
"""How many rejected entries an answer lists; all are counted, and can be downloaded."""

Source = Literal["file", "contacts", "phone_numbers"]


class RejectedNumber(BaseModel):
    """An entry that is no number that can be rung."""

    source: Source
    line: int = Field(
        description="From 1: the file's line, or the position in contacts or phone_numbers.", examples=[4]
    )
    value: str = Field(examples=["n/a"])
    code: str = Field(description="Stable; docs/errors.md lists all.", examples=["not_a_phone_number"])
    reason: str = Field(examples=["it is not a telephone number"])


class RejectedNumbers(BaseModel):
    """What was left out of a list."""

    count: int = Field(examples=[1])
    by_reason: dict[str, int] = Field(
        description="How many by code, the most frequent first.", examples=[{"not_a_phone_number": 1}]
    )
    items: list[RejectedNumber] = Field(description=f"The first {LISTED}.")


class MessageWarning(BaseModel):
    """A placeholder of the message that not every contact can fill."""

    code: Literal["missing_value", "unknown_placeholder"] = Field(
        description="missing_value: contacts lack it, and it has no fallback. unknown_placeholder: no contact has it."
    )
    placeholder: str = Field(description="As it is written in the message.", examples=["time"])
    contacts: int = Field(description="How many contacts lack it.", examples=[2])
    detail: str = Field(
        description="What they will hear, as a sentence.",
        examples=["2 of 120 contacts have no value for {{time}} and hear nothing in its place."],
    )

    @classmethod
    def of(cls, placeholder: Placeholder, lacking: int, contacts: int) -> Self | None:
        """The warning about a placeholder which so many of the contacts lack; None when all is well."""
        name, fallback = placeholder.name, placeholder.fallback
        instead = f'hear "{fallback}" instead' if fallback else "hear nothing in its place"
        if lacking and lacking == contacts:
            return cls(
                code="unknown_placeholder",
                placeholder=name,
                contacts=lacking,
                detail=f"No contact has a value for {{{{{name}}}}}; all {instead}. Check its spelling.",
            )
        if lacking and fallback is None:
            return cls(
                code="missing_value",
                placeholder=name,
                contacts=lacking,
                detail=f"{lacking:,} of {contacts:,} contacts have no value for {{{{{name}}}}} and {instead}. A fallback such as"
                f" {{{{{name}|friend}}}} mends that.",
            )
        return None
