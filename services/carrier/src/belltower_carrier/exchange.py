"""The exchange: takes requests for calls, rings, answers, talks and hangs up, and reports on it.

It holds no clock and no socket: time and delivery are given to it. A call costs one timer, never a task.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import structlog
from prometheus_client import Counter, Gauge

from belltower_carrier.behaviour import (
    REFUSALS,
    Behaviour,
    CallbackFault,
    Outcome,
    RequestFault,
    callback_faults,
    lateness,
    plan,
)
from belltower_carrier.call import Call, Detection, Order, Progress, Status, Timer
from belltower_carrier.refusals import CANNOT_CHANGE, INTERNAL_ERROR, INVALID_TO, NOT_FOUND, TOO_MANY, Refusal
from belltower_carrier.times import rfc2822
from belltower_carrier.truth import TruthLog
from belltower_carrier.twiml import Performance, TwimlError, perform

log = structlog.get_logger(__name__)

_ACCEPTED = Counter("belltower_carrier_calls_accepted", "Calls that were accepted.")
_ENDED = Counter("belltower_carrier_calls_ended", "Calls that ended.", ["status"])
_LIVE = Gauge("belltower_carrier_calls_live", "Calls that ring or talk.")
_QUEUED = Gauge("belltower_carrier_calls_queued", "Calls that were accepted and wait to be dialled.")

_FAULTS = Counter("belltower_carrier_faults", "What went wrong as the behaviour wants it.", ["fault"])

_DOUBLE_AFTER = 0.05
"""Seconds after which the second copy of a doubled callback follows, and a callback the one that overtook it."""

_SIP = {Status.COMPLETED: 200, Status.BUSY: 486, Status.NO_ANSWER: 487, Status.CANCELED: 487, Status.FAILED: 503}
"""The SIP response that comes with each end (RFC 3261, 21)."""

_EVENTS = {"initiated": "initiated", Status.RINGING: "ringing", Status.IN_PROGRESS: "answered"}
"""The StatusCallbackEvent of each CallStatus; all others are `completed`, which fires for every end."""


class Clock(Protocol):
    """Time as the exchange sees it."""

    def time(self) -> float:
        """Seconds since the epoch, UTC."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Have `callback` called in `delay` seconds."""


class Deliver(Protocol):
    """Sends a callback, sooner or later, or never; `answered` is told the good answer to it, None when there was none."""

    def __call__(
        self, url: str, params: dict[str, str], delay: float, answered: Callable[[str | None], None] | None = None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A call that was accepted, and what goes wrong with saying so."""

    call: Call
    fault: RequestFault | None


class Exchange:
    """All calls of the carrier's one account."""

    def __init__(self, account_sid: str, truth: TruthLog, clock: Clock, deliver: Deliver) -> None:
        self.behaviour = Behaviour()
        self.truth = truth
        self._account_sid = account_sid
        self._clock = clock
        self._deliver = deliver
        self._refused: dict[str, int] = {}
        """How many requests for a number were refused by a fault: they count for its plan, and leave no call."""
        self._waiting: deque[Call] = deque()
        self._live = 0
        self._next_dial_at = 0.0
        self._dial_timer: Timer | None = None

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from now on; calls that were accepted keep their plans."""
        self.behaviour = behaviour
        self._next_dial_at = 0.0
        if self._dial_timer is not None:
            self._dial_timer.cancel()
            self._dial_timer = None
        self._dial_waiting()

    def request(self, order: Order) -> Acceptance:
        """Take a request for a call. Raises `Refusal`."""
        nth = len(self.truth.to(order.to)) + self._refused.get(order.to, 0)
        what = plan(self.behaviour, order.to, nth)
        if what.invalid:
            raise Refusal(INVALID_TO, to=order.to)
        if what.request_fault is not None:
            _FAULTS.labels(what.request_fault).inc()
        if what.request_fault in REFUSALS:
            self._refused[order.to] = self._refused.get(order.to, 0) + 1
            raise Refusal(TOO_MANY if what.request_fault is RequestFault.TOO_MANY_REQUESTS else INTERNAL_ERROR)
        call = Call(
            number=self.truth.next_number,
            sid=f"CA{secrets.token_hex(16)}",
            to=order.to,
            caller_id=order.caller_id,
            attempt_id=_attempt_id(order.callback),
            requested_at=self._clock.time(),
            progress=Progress(order, what),
        )
        self.truth.add(call)
        _ACCEPTED.inc()
        _QUEUED.inc()
        if not what.stuck:
            self._waiting.append(call)
            self._dial_waiting()
        return Acceptance(call, what.request_fault)

    def change(self, sid: str, status: str) -> Call:
        """Cancel (`canceled`) a call that is queued or rings, or end (`completed`) any that lives. Raises `Refusal`.

        Source: twilio.com/docs/voice/api/call-resource, "Update a call".
        """
        call = self.truth.get(sid)
        if call is None:
            raise Refusal(NOT_FOUND, what=f"Calls/{sid}")
        if call.status is Status.IN_PROGRESS and status == "completed":
            self._end(call, Status.COMPLETED)
        elif call.status in (Status.QUEUED, Status.RINGING):
            self._end(call, Status.CANCELED)
        else:
            raise Refusal(CANNOT_CHANGE, status=call.status)
        return call

    def recover(self) -> None:
        """End the calls that lived when an earlier process died: `completed` when they had been answered, else `failed`.

        Their talk counts until now, at most their TimeLimit; they are reported like any other end.
        """
        for call in self.truth.live():
            assert call.progress is not None
            if call.dialled_at is None:
                _QUEUED.inc()
            else:
                self._live += 1
                _LIVE.inc()
            if call.answered_at is None:
                self._end(call, Status.FAILED)
            else:
                self._end(call, Status.COMPLETED, at=call.answered_at + call.progress.order.time_limit)

    def _dial_waiting(self, rate_from: float | None = None) -> None:
        """Dial what waits, as far as the limits allow, and come back when the rate allows the next one.

        The rate counts from now, or from `rate_from`: when the next one was due, so that late timers lose nothing.
        """
        behaviour = self.behaviour
        while self._waiting:
            if self._waiting[0].status is not Status.QUEUED:
                self._waiting.popleft()
                continue
            if behaviour.max_concurrent is not None and self._live >= behaviour.max_concurrent:
                return
            now = self._clock.time()
            if behaviour.calls_per_second is not None:
                if now < self._next_dial_at:
                    if self._dial_timer is None:
                        self._dial_timer = self._clock.call_later(self._next_dial_at - now, self._dial_again)
                    return
                start = max(self._next_dial_at, now if rate_from is None else rate_from)
                self._next_dial_at = start + 1.0 / behaviour.calls_per_second
            self._dial(self._waiting.popleft(), now)

    def _dial_again(self) -> None:
        self._dial_timer = None
        self._dial_waiting(max(self._next_dial_at, self._clock.time() - 1.0))

    def _dial(self, call: Call, now: float) -> None:
        what = _progress(call).plan
        call.dialled_at = now
        self._live += 1
        _LIVE.inc()
        _QUEUED.dec()
        self._report(call, "initiated")
        if what.outcome in (Outcome.BUSY, Outcome.FAILED):
            self.truth.save(call)
            end = Status.BUSY if what.outcome is Outcome.BUSY else Status.FAILED
            self._later(call, min(what.ring, _progress(call).order.ring_timeout), partial(self._end, call, end))
        else:
            self._ring(call, now)

    def _ring(self, call: Call, now: float) -> None:
        what, timeout = _progress(call).plan, _progress(call).order.ring_timeout
        call.status, call.rang_at = Status.RINGING, now
        self._report(call, Status.RINGING)
        self.truth.save(call)
        if what.outcome is Outcome.ANSWERED and what.ring < timeout:
            self._later(call, what.ring, partial(self._answer, call))
        else:
            patience = timeout if what.outcome is Outcome.ANSWERED else min(what.no_answer, timeout)
            self._later(call, patience, partial(self._end, call, Status.NO_ANSWER))

    def _answer(self, call: Call) -> None:
        order = _progress(call).order
        call.status, call.answered_at = Status.IN_PROGRESS, self._clock.time()
        if order.detection is not None and order.waits_for_detection:
            self._report(call, Status.IN_PROGRESS)
            self.truth.save(call)
            self._within_limit(call, self._detection(call), partial(self._begin, call, detected=True))
        else:
            self._begin(call)

    def _begin(self, call: Call, *, detected: bool = False) -> None:
        """Perform the call's document; the callee listens and hangs up, or presses a key."""
        progress = _progress(call)
        if detected:
            call.answered_by = self._who_answers(call)
        talk = progress.plan.talk
        then: Callable[[], None] = partial(self._end, call, Status.COMPLETED)
        performance = self._perform(call, progress.order.twiml, presses=progress.plan.key is not None)
        if performance is None:
            talk = 0.0
        elif performance.key_wanted is not None:
            then = partial(self._press, call, performance.key_wanted)
        if not detected:
            self._report(call, Status.IN_PROGRESS)
        self.truth.save(call)
        until_known = self._detection(call)
        if progress.order.detection is not None and not detected and until_known < talk:
            self._within_limit(call, until_known, partial(self._tell, call, talk - until_known, then))
        else:
            self._within_limit(call, talk, then)

    def _tell(self, call: Call, talk: float, then: Callable[[], None]) -> None:
        """Say who answered, while the call goes on."""
        call.answered_by = self._who_answers(call)
        self.truth.save(call)
        if (url := _progress(call).order.detection_callback) is not None:
            params = {
                "CallSid": call.sid,
                "AccountSid": self._account_sid,
                "AnsweredBy": call.answered_by,
                "MachineDetectionDuration": str(round(self._detection(call) * 1000)),
            }
            if _progress(call).plan.callback_fault is not CallbackFault.LOST:
                self._deliver(url, params, 0.0)
        self._within_limit(call, talk, then)

    def _detection(self, call: Call) -> float:
        """Seconds from the answer until it is known who answered."""
        progress = _progress(call)
        waits_for_beep = progress.plan.machine and progress.order.detection is Detection.MESSAGE_END
        return progress.plan.greeting if waits_for_beep else progress.plan.detection

    def _who_answers(self, call: Call) -> str:
        progress = _progress(call)
        if not progress.plan.machine:
            return "human"
        return "machine_end_beep" if progress.order.detection is Detection.MESSAGE_END else "machine_start"

    def _within_limit(self, call: Call, delay: float, event: Callable[[], None]) -> None:
        """Have something happen in an answered call, unless its TimeLimit ends it before."""
        assert call.answered_at is not None
        left = call.answered_at + _progress(call).order.time_limit - self._clock.time()
        if delay < left:
            self._later(call, delay, event)
        else:
            self._later(call, left, partial(self._end, call, Status.COMPLETED))

    def _perform(self, call: Call, document: str, *, presses: bool = False) -> Performance | None:
        """Have the callee hear a document; None when it cannot be performed.

        As at Twilio (error 12100) nothing of it is heard then, and the call is to end.
        """
        call.heard = call.heard or ""
        try:
            performance = perform(document, presses=presses)
        except TwimlError as error:
            log.warning("twiml_cannot_be_performed", sid=call.sid, problem=str(error))
            return None
        call.heard = f"{call.heard} {performance.heard}".strip()
        call.stream = performance.stream
        return performance

    def _press(self, call: Call, action: str) -> None:
        """The callee presses a key; the call waits for what to do next, at most until its TimeLimit."""
        progress = _progress(call)
        assert progress.plan.key is not None
        assert call.answered_at is not None
        call.pressed = progress.plan.key
        self.truth.save(call)
        limit = call.answered_at + progress.order.time_limit - self._clock.time()
        self._later(call, limit, partial(self._end, call, Status.COMPLETED))
        params = self._params(call, Status.IN_PROGRESS) | {"Digits": call.pressed, "msg": "Gather End"}
        self._deliver(action, params, 0.0, partial(self._go_on, call))

    def _go_on(self, call: Call, document: str | None) -> None:
        """Perform what a key was answered; the callee presses no other, so that the call ends with it.

        Without an answer it ends, too, as at Twilio (error 11200).
        """
        if call.progress is None:
            return
        if document is not None:
            self._perform(call, document)
        self._end(call, Status.COMPLETED)

    def _end(self, call: Call, status: Status, at: float = float("inf")) -> None:
        progress = _progress(call)
        if progress.timer is not None:
            progress.timer.cancel()
        if call.dialled_at is None:
            _QUEUED.dec()
        else:
            self._live -= 1
            _LIVE.dec()
        call.status, call.ended_at, call.sip_response = status, min(self._clock.time(), at), _SIP[status]
        self._report(call, status)
        call.progress = None
        self.truth.save(call)
        _ENDED.labels(status=status).inc()
        self._dial_waiting()

    def _later(self, call: Call, delay: float, event: Callable[[], None]) -> None:
        _progress(call).timer = self._clock.call_later(delay, event)

    def _report(self, call: Call, status: str) -> None:
        """Send the callback for a change of status, unless nobody asked for it, or it gets lost."""
        progress = _progress(call)
        url, last = progress.order.callback, status not in _EVENTS
        if url is None or _EVENTS.get(status, "completed") not in progress.order.callback_events:
            return
        sequence = progress.sequence
        progress.sequence += 1
        params = self._callback(call, status, sequence)
        faults = callback_faults(self.behaviour, call.to, progress.plan, sequence, last=last)
        for fault in faults:
            _FAULTS.labels(fault).inc()
        held_back, progress.held_back = progress.held_back, None
        if CallbackFault.REORDERED in faults and held_back is None and not last:
            progress.held_back = url, params
        elif CallbackFault.LOST not in faults:
            late = CallbackFault.LATE in faults
            delay = lateness(self.behaviour, call.to, progress.plan, sequence) if late else 0.0
            self._deliver(url, params, delay)
            if CallbackFault.DOUBLED in faults:
                self._deliver(url, params, delay + _DOUBLE_AFTER)
        if held_back is not None:
            self._deliver(*held_back, _DOUBLE_AFTER)

    def _callback(self, call: Call, status: str, sequence: int) -> dict[str, str]:
        """The form of a callback (twilio.com/docs/voice/api/call-resource, "StatusCallback")."""
        params = self._params(call, status) | {
            "CallbackSource": "call-progress-events",
            "Timestamp": rfc2822(self._clock.time()),
            "SequenceNumber": str(sequence),
        }
        if call.ended_at is not None:
            seconds = call.talk_seconds
            params |= {
                "CallDuration": str(seconds),
                "Duration": str(-(-seconds // 60)),
                "SipResponseCode": str(call.sip_response),
            }
        return params

    def _params(self, call: Call, status: str) -> dict[str, str]:
        """What every request about a call says (twilio.com/docs/voice/twiml, "Request parameters")."""
        order = call.progress.order if call.progress else None
        tells = call.answered_by is not None and order is not None and order.waits_for_detection
        return ({"AnsweredBy": call.answered_by or ""} if tells else {}) | {
            "CallSid": call.sid,
            "AccountSid": self._account_sid,
            "From": call.caller_id,
            "To": call.to,
            "Caller": call.caller_id,
            "Called": call.to,
            "CallStatus": str(status),
            "Direction": "outbound-api",
            "ApiVersion": "2010-04-01",
        }


def _progress(call: Call) -> Progress:
    assert call.progress is not None
    return call.progress


def _attempt_id(callback: str | None) -> str | None:
    """Belltower's own id of the attempt, from the callback URL's query."""
    if callback is None:
        return None
    values = parse_qs(urlsplit(callback).query).get("attempt")
    return values[0] if values else None
