"""How a campaign rings again, what it does with machines, how fast it calls, and what bounds all calls of an account."""

from dataclasses import asdict
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from belltower.db import call_limits
from belltower.domain import phone
from belltower.domain.circuit_breaker import CircuitBreaker as Breaker
from belltower_api.schemas.values import BlankIsAbsent, Request, WholeNumber, json_object, number

MAX_CALLER_IDS = 200
_LONGEST_DELAY = 30 * 86_400
_MOST_AT_ONCE = 100_000
_FASTEST = 10_000

RETRY_DELAYS = (
    "The same by how the call ended, where it is another: after `busy`, `no_answer`, `voicemail` (a machine answered, and the"
    " campaign hangs up on machines) or `failed`. null: no other call after that. In a form: as JSON."
)
RETRY_BACKOFF = (
    "What the delay is multiplied by for each attempt after the first: with 2, it doubles each time. No delay grows beyond 7"
    " days."
)
ANSWERING_MACHINE = (
    "What happens when a machine answers. treat_as_answered: nobody looks. leave_message: the message is spoken after its beep,"
    " and the contact is reached; to a person a moment later than otherwise. hang_up: the call ends as soon as the carrier has"
    " found a machine, and the contact is rung again."
)
CAMPAIGN_RATE = "New calls in any second at most; null: only the account's limits hold."


Delay = Annotated[int, Field(ge=0, le=_LONGEST_DELAY), WholeNumber]
_Delays = dict[Literal["busy", "no_answer", "voicemail", "failed"], Delay | None]
RetryDelays = Annotated[_Delays, json_object(_Delays, "invalid_retry_delays", '{"busy": 300, "failed": null}')]
RetryBackoff = Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)]
AnsweringMachine = Literal["treat_as_answered", "leave_message", "hang_up"]
Rate = Annotated[Annotated[int, Field(ge=1, le=_FASTEST), WholeNumber] | None, BlankIsAbsent]
AtOnce = Annotated[Annotated[int, Field(ge=1, le=_MOST_AT_ONCE), WholeNumber] | None, BlankIsAbsent]


class CallerIdLimits(Request):
    """What bounds an account's calls from one number."""

    caller_id: Annotated[str, Field(max_length=phone.MAX_LENGTH), AfterValidator(number)] = Field(
        description="With + and country code.", examples=["+14155550100"]
    )
    max_concurrent_calls: AtOnce = Field(
        default=None, description="Simultaneous calls; null: no limit of its own.", examples=[50]
    )
    calls_per_second: Rate = Field(
        default=None, description="New calls in any second; null: no limit of its own.", examples=[1]
    )


class FrequencyCap(Request):
    """How often one number may be called, whatever the campaign."""

    calls: Annotated[int, WholeNumber] = Field(ge=1, le=1_000, description="So many calls ...", examples=[3])
    period: Annotated[int, WholeNumber] = Field(
        ge=1, le=366 * 86_400, description="... in any so many seconds.", examples=[604_800]
    )


class CircuitBreaker(Request):
    """When a campaign is paused whose calls fail at the carrier."""

    window_calls: Annotated[int, WholeNumber] = Field(
        default=Breaker().window_calls,
        ge=1,
        le=1_000,
        description="Of so many calls that ended last ...",
        examples=[20],
    )
    within: Annotated[int, WholeNumber] = Field(
        default=Breaker().within, ge=1, le=86_400, description="... within so many seconds ...", examples=[120]
    )
    failed_share: float = Field(
        default=Breaker().failed_share,
        gt=0,
        le=1,
        allow_inf_nan=False,
        description="... at least this share has to have failed: refused, or not put through. Busy, not answered and cancelled"
        " calls have not.",
        examples=[0.5],
    )


class CallLimits(Request):
    """What bounds an account's calls, of all its campaigns together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "max_concurrent_calls": 200,
                    "calls_per_second": 10,
                    "caller_ids": [{"caller_id": "+14155550100", "max_concurrent_calls": 50, "calls_per_second": 1}],
                    "frequency_cap": {"calls": 3, "period": 604800},
                    "circuit_breaker": {"window_calls": 20, "within": 120, "failed_share": 0.5},
                }
            ]
        }
    )

    max_concurrent_calls: AtOnce = Field(description="Simultaneous calls; null: no limit.", examples=[200])
    calls_per_second: Rate = Field(description="New calls in any second; null: no limit.", examples=[10])
    caller_ids: list[CallerIdLimits] = Field(
        max_length=MAX_CALLER_IDS, description="What bounds calls from single numbers, beside that."
    )
    frequency_cap: FrequencyCap | None = Field(
        description="How often one number may be called; null: as often as campaigns do."
    )
    circuit_breaker: CircuitBreaker | None = Field(
        description="When a campaign is paused whose calls fail; null: never."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [each.caller_id for each in self.caller_ids]
        twice = next((each for each in named if named.count(each) > 1), None)
        if twice is not None:
            raise PydanticCustomError(
                "repeated",
                "names the caller id {caller_id} more than once; send one entry for it.",
                {"caller_id": twice},
            )
        return self

    @classmethod
    def of(cls, limits: call_limits.CallLimits) -> Self:
        return cls.model_validate(asdict(limits))

    @property
    def meant(self) -> call_limits.CallLimits:
        """The limits, as they are kept."""
        cap, breaker = self.frequency_cap, self.circuit_breaker
        return call_limits.CallLimits(
            max_concurrent_calls=self.max_concurrent_calls,
            calls_per_second=self.calls_per_second,
            caller_ids=[call_limits.CallerIdLimits(**each.model_dump()) for each in self.caller_ids],
            frequency_cap=None if cap is None else call_limits.FrequencyCap(cap.calls, cap.period),
            circuit_breaker=None if breaker is None else Breaker(**breaker.model_dump()),
        )
