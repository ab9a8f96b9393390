"""What is wrong with a request (RFC 9457)."""

from pydantic import BaseModel, Field

LISTED_ERRORS = 100
"""How many errors an answer lists."""


class FieldError(BaseModel):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(
        description="Where: a JSON pointer (RFC 6901) into the body, or / and a parameter's name.",
        examples=["/caller_id"],
    )
    code: str = Field(description="Stable; docs/errors.md lists all.", examples=["missing"])
    detail: str = Field(
        description="What is wrong and what to send, as a sentence.",
        examples=["caller_id is required: the account has none. Send the number that callees shall see."],
    )


class Problem(BaseModel):
    """Why a request was not fulfilled (RFC 9457)."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Bad Request"])
    status: int = Field(examples=[400])
    code: str = Field(description="Stable; docs/errors.md lists all.", examples=["missing"])
    detail: str = Field(
        description="What is wrong and what to do, as a sentence.",
        examples=["caller_id is required: the account has none. Send the number that callees shall see."],
    )
    request_id: str = Field(
        description="Under which the logs know this request; also in the header X-Request-Id.",
        examples=["9f0c2b5de6f94a0a8f6f0c3a3f1f7d52"],
    )
    errors: list[FieldError] | None = Field(
        default=None, description=f"With status 400: every field that is wrong; the first {LISTED_ERRORS} of them."
    )
    balance: str | None = Field(
        default=None, description="With insufficient_funds: what the wallet holds.", examples=["9.50"]
    )
    minimum: str | None = Field(
        default=None, description="With insufficient_funds: what it must hold.", examples=["10.00"]
    )
    currency: str | None = Field(
        default=None, description="With insufficient_funds: of both amounts.", examples=["USD"]
    )
