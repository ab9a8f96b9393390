"""What the simulated telephone network does: how calls end, how long they take, and what goes wrong on the way.

`PUT /_simulator/behaviour` sets it for all calls. Some numbers have a fate of their own, whatever the behaviour says: those
that end in 55599 and two more digits (in North America: exchange 555, which nobody has, and a line 99xx).

| number ends in | what happens |
|---|---|
| 55599 00 | answered |
| 55599 01 | busy |
| 55599 02 | no answer |
| 55599 03 | failed before it rings |
| 55599 04 | request refused for good: 400, error 21211 |
| 55599 05 | first request refused with 429 (error 20429), then answered |
| 55599 06 | every request answered 500, and nobody is rung |
| 55599 07 | request answered 500, and yet the telephone rings and is answered |
| 55599 08 | request answered only after `hold_seconds`; the telephone rings and is answered meanwhile |
| 55599 09 | answered; every callback is lost |
| 55599 10 | answered; every callback is sent twice |
| 55599 11 | answered; callbacks overtake each other (1 0 3 2) |
| 55599 12 | answered; every callback is late by `late_seconds` |
| 55599 13 | queued for ever, until it is cancelled |
| 55599 14 | request answered 201 with a body that is no JSON; the telephone rings and is answered |
| 55599 15 | answered, and never hangs up: the call lasts until its TimeLimit |
| 55599 16 | busy at the first call, answered at every later one |
| 55599 17 | answered; only the last callback is lost |
| 55599 18 | answered; the callee listens, then presses 9 instead of hanging up |
| 55599 19 | answered by a machine |
| 55599 20 | answered by a machine at the first call, by a person at every later one |

Whatever is drawn depends only on the seed, the number called and how often it was asked for before: the order in which calls
arrive does not matter, and the same seed gives the same network again.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MAGIC_PREFIX = "55599"


class Outcome(StrEnum):
    """How the callee's end takes a call."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


class RequestFault(StrEnum):
    """What goes wrong with a request for a call."""

    TOO_MANY_REQUESTS = "too_many_requests"
    ERROR_BEFORE_RINGING = "error_before_ringing"
    ERROR_AFTER_ACCEPTING = "error_after_accepting"
    HELD_ANSWER = "held_answer"
    GARBLED_ANSWER = "garbled_answer"


REFUSALS = frozenset({RequestFault.TOO_MANY_REQUESTS, RequestFault.ERROR_BEFORE_RINGING})
"""Faults after which nobody is rung."""


class CallbackFault(StrEnum):
    """What goes wrong with a callback."""

    LOST = "callback_lost"
    DOUBLED = "callback_doubled"
    REORDERED = "callback_reordered"
    LATE = "callback_late"


def _in_order(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise ValueError("the first number is the least, the second the most; write [least, most]")
    return span


Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Span = Annotated[tuple[Seconds, Seconds], AfterValidator(_in_order)]
"""[least, most], seconds; drawn evenly in between."""
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Outcomes(_Model):
    """How calls end: the weights against each other."""

    answered: Weight = 1.0
    busy: Weight = 0.0
    no_answer: Weight = 0.0
    failed: Weight = 0.0

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.answered or self.busy or self.no_answer or self.failed):
            raise ValueError("give at least one outcome a weight above 0")
        return self


class Faults(_Model):
    """What goes wrong, each with its probability, a request or a callback at a time."""

    too_many_requests: Probability = 0.0
    error_before_ringing: Probability = 0.0
    error_after_accepting: Probability = 0.0
    held_answer: Probability = 0.0
    garbled_answer: Probability = 0.0
    callback_lost: Probability = 0.0
    callback_doubled: Probability = 0.0
    callback_reordered: Probability = 0.0
    callback_late: Probability = 0.0

    @model_validator(mode="after")
    def _together(self) -> Self:
        if sum(getattr(self, fault.value) for fault in RequestFault) > 1:
            raise ValueError("a request has one fault at most, so their probabilities may not exceed 1 together")
        return self


class Behaviour(_Model):
    """What the network does. What is not given has the value shown here."""

    outcomes: Outcomes = Outcomes()
    machines: Probability = 0.0
    """How many of the answered calls a machine answers."""
    detection_seconds: Span = (0.5, 1.0)
    """Until it is known who answered, where that is asked for."""
    greeting_seconds: Span = (1.0, 3.0)
    """Until a machine's beep."""
    ring_seconds: Span = (0.5, 2.0)
    """Until a telephone is answered (or found busy, or the call fails). Longer than the call's Timeout: no answer."""
    talk_seconds: Span = (2.0, 8.0)
    """Until the callee hangs up. The call's TimeLimit ends it earlier."""
    no_answer_seconds: Span | None = None
    """How long an unanswered telephone rings before the network gives up; None: until the call's Timeout."""
    calls_per_second: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    """More are accepted and queued, as Twilio does. None: no limit."""
    max_concurrent: Annotated[int, Field(ge=1)] | None = None
    """Calls that ring or talk at once; more are accepted and queued. None: no limit."""
    faults: Faults = Faults()
    hold_seconds: Seconds = 15.0
    """How long a held answer takes."""
    late_seconds: Span = (5.0, 10.0)
    """How late a late callback is."""
    seed: int = Field(default_factory=lambda: secrets.randbelow(2**32), ge=0)
    """Without one, another network each time; shown, so that it can be had again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will become of one request for a call."""

    outcome: Outcome
    ring: float
    talk: float
    no_answer: float
    """Seconds that an unanswered telephone rings; the call's Timeout may be shorter."""
    nth: int
    """How many requests for this number came before."""
    request_fault: RequestFault | None = None
    callback_fault: CallbackFault | None = None
    """Of every callback of the call."""
    last_callback_lost: bool = False
    invalid: bool = False
    """The number is refused for good."""
    stuck: bool = False
    """It stays queued until it is cancelled."""
    key: str | None = None
    """What the callee presses at the end of the talk, where a key is wanted."""
    machine: bool = False
    """A machine answers, if anybody does."""
    detection: float = 0.0
    greeting: float = 0.0


def plan(behaviour: Behaviour, to: str, nth: int) -> Plan:
    """Say what will become of the `nth` request (from 0) for a call to `to`."""

    def draw(what: str) -> float:
        return _draw(behaviour.seed, to, nth, what)

    fate = to[-2:] if to[-7:-2] == MAGIC_PREFIX else None
    magic = _MAGIC.get(fate) if fate is not None else None
    ring = _within(behaviour.ring_seconds, draw("ring"))
    talk = _within(behaviour.talk_seconds, draw("talk"))
    machine = draw("machine") < behaviour.machines
    detection = _within(behaviour.detection_seconds, draw("detection"))
    greeting = max(_within(behaviour.greeting_seconds, draw("greeting")), detection)
    no_answer = (
        float("inf") if behaviour.no_answer_seconds is None else _within(behaviour.no_answer_seconds, draw("patience"))
    )
    if magic is None:
        weights = {outcome: getattr(behaviour.outcomes, outcome.value) for outcome in Outcome}
        outcome = _choose(weights, draw("outcome"))
        fault = _fault(behaviour.faults, draw("fault"))
        return Plan(
            outcome,
            ring,
            talk,
            no_answer,
            nth,
            request_fault=fault,
            machine=machine,
            detection=detection,
            greeting=greeting,
        )
    return Plan(
        outcome=Outcome.BUSY if fate == "16" and nth == 0 else magic.outcome,
        ring=ring,
        talk=float("inf") if magic.endless else talk,
        no_answer=no_answer,
        nth=nth,
        request_fault=None if magic.first_time_only and nth > 0 else magic.request_fault,
        callback_fault=magic.callback_fault,
        last_callback_lost=magic.last_callback_lost,
        invalid=magic.invalid,
        stuck=magic.stuck,
        key=magic.key,
        machine=fate == "19" or (fate == "20" and nth == 0),
        detection=detection,
        greeting=greeting,
    )


def callback_faults(
    behaviour: Behaviour, to: str, plan: Plan, sequence: int, *, last: bool
) -> frozenset[CallbackFault]:
    """Say what goes wrong with the callback `sequence` (from 0) of a call. What is lost has no other fault."""
    if plan.last_callback_lost and last:
        return frozenset({CallbackFault.LOST})
    if plan.callback_fault is CallbackFault.REORDERED:
        # Every other one lets the next one pass.
        return frozenset({CallbackFault.REORDERED}) if sequence % 2 == 0 else frozenset()
    if plan.callback_fault is not None:
        return frozenset({plan.callback_fault})
    found = frozenset(
        fault
        for fault in CallbackFault
        if (probability := getattr(behaviour.faults, fault.value))
        and _draw(behaviour.seed, to, plan.nth, f"{fault}:{sequence}") < probability
    )
    return frozenset({CallbackFault.LOST}) if CallbackFault.LOST in found else found


def lateness(behaviour: Behaviour, to: str, plan: Plan, sequence: int) -> float:
    """Seconds by which a late callback is late."""
    return _within(behaviour.late_seconds, _draw(behaviour.seed, to, plan.nth, f"lateness:{sequence}"))


@dataclass(frozen=True, slots=True)
class _Magic:
    outcome: Outcome = Outcome.ANSWERED
    request_fault: RequestFault | None = None
    first_time_only: bool = False
    callback_fault: CallbackFault | None = None
    last_callback_lost: bool = False
    invalid: bool = False
    stuck: bool = False
    endless: bool = False
    key: str | None = None


_MAGIC = {
    "00": _Magic(),
    "01": _Magic(Outcome.BUSY),
    "02": _Magic(Outcome.NO_ANSWER),
    "03": _Magic(Outcome.FAILED),
    "04": _Magic(invalid=True),
    "05": _Magic(request_fault=RequestFault.TOO_MANY_REQUESTS, first_time_only=True),
    "06": _Magic(request_fault=RequestFault.ERROR_BEFORE_RINGING),
    "07": _Magic(request_fault=RequestFault.ERROR_AFTER_ACCEPTING),
    "08": _Magic(request_fault=RequestFault.HELD_ANSWER),
    "09": _Magic(callback_fault=CallbackFault.LOST),
    "10": _Magic(callback_fault=CallbackFault.DOUBLED),
    "11": _Magic(callback_fault=CallbackFault.REORDERED),
    "12": _Magic(callback_fault=CallbackFault.LATE),
    "13": _Magic(stuck=True),
    "14": _Magic(request_fault=RequestFault.GARBLED_ANSWER),
    "15": _Magic(endless=True),
    "16": _Magic(),
    "17": _Magic(last_callback_lost=True),
    "18": _Magic(key="9"),
    "19": _Magic(),
    "20": _Magic(),
}


def _draw(seed: int, to: str, nth: int, what: str) -> float:
    """A number in [0, 1), the same whenever it is asked for."""
    digest = blake2b(f"{seed}:{to}:{nth}:{what}".encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def _within(span: tuple[float, float], share: float) -> float:
    return span[0] + (span[1] - span[0]) * share


def _choose(weights: dict[Outcome, float], share: float) -> Outcome:
    rest = share * sum(weights.values())
    for outcome, weight in weights.items():
        rest -= weight
        if rest < 0:
            return outcome
    return max(weights, key=weights.__getitem__)


def _fault(faults: Faults, share: float) -> RequestFault | None:
    for fault in RequestFault:
        share -= getattr(faults, fault.value)
        if share < 0:
            return fault
    return None
