"""What is wrong with a request (RFC 9457)."""

from pydantic import BaseModel, Field


class FieldError(BaseModel):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="Where: a JSON pointer (RFC 6901) into the body, or / and a parameter's name.")
    code: str = Field(description="Stable; docs/errors.md lists all.")
    detail: str = Field(description="What is wrong and what to send, as a sentence.")


class Problem(BaseModel):
    """Why a request was not fulfilled (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="Stable; docs/errors.md lists all.")
    detail: str = Field(description="What is wrong and what to do, as a sentence.")
    request_id: str = Field(description="Under which the logs know this request; also in the header X-Request-Id.")
    errors: list[FieldError] | None = Field(default=None, description="With status 400: every field that is wrong.")
    balance: str | None = Field(default=None, description="With insufficient_funds: what the wallet holds.")
    minimum: str | None = Field(default=None, description="With insufficient_funds: what it must hold.")
    currency: str | None = Field(default=None, description="With insufficient_funds: of both amounts.")
