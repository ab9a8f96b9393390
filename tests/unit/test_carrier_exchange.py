"""A call's life at the simulated carrier, on a clock that the test winds."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from belltower_carrier.behaviour import Behaviour, Outcomes
from belltower_carrier.call import Call, Detection, Order, Status
from belltower_carrier.exchange import Exchange
from belltower_carrier.refusals import Refusal
from belltower_carrier.truth import TruthLog, item

START = 1_775_000_000.0
LISTENING = """<Response><Gather numDigits="1" action="https://a.example/key?attempt=7#rc=3&amp;rp=all">
    <Say>Press 9</Say></Gather><Say>Goodbye</Say></Response>"""
PRESSES_9 = "+12025559918"
MACHINE = "+12025559919"
MACHINE_AT_FIRST = "+12025559920"
ALL = frozenset({"initiated", "ringing", "answered", "completed"})


class Timer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class WoundClock:
    def __init__(self) -> None:
        self.now = START
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = count()

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(callback)
        heapq.heappush(self._timers, (self.now + delay, next(self._order), timer))
        return timer

    def wind(self, seconds: float) -> None:
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            self.now, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                timer.callback()
        self.now = end


@dataclass
class KeyPosted:
    """A key on its way, and how to answer it."""

    at: float
    url: str
    params: dict[str, str]
    answer: Callable[[str | None], None]


class House:
    """An exchange, its clock, and what it delivered."""

    def __init__(self, limit: int = 1_000, **behaviour: Any) -> None:
        self.clock = WoundClock()
        self.sent: list[tuple[float, dict[str, str]]] = []
        self.pressed: list[KeyPosted] = []
        self.exchange = Exchange("AC1", TruthLog(limit), self.clock, self._deliver)
        settings = {"ring_seconds": (2, 2), "talk_seconds": (5, 5), "seed": 1} | behaviour
        self.exchange.behave(Behaviour.model_validate(settings))

    def _deliver(
        self, url: str, params: dict[str, str], delay: float, answered: Callable[[str | None], None] | None = None
    ) -> None:
        if answered is None:
            self.sent.append((self.clock.now - START + delay, params))
        else:
            self.pressed.append(KeyPosted(self.clock.now - START, url, params, answered))

    def call(self, to: str = "+14155550123", **order: Any) -> Call:
        wish: dict[str, Any] = {
            "to": to,
            "caller_id": "+14155550100",
            "twiml": "<Response><Say>Good morning</Say></Response>",
            "callback": "https://a.example/status?attempt=7#rc=3&rp=all",
            "callback_events": ALL,
        }
        return self.exchange.request(Order(**(wish | order))).call

    @property
    def statuses(self) -> list[str]:
        return [params["CallStatus"] for _, params in sorted(self.sent, key=lambda sent: sent[0])]


def test_a_call_rings_is_answered_talks_and_hangs_up() -> None:
    house = House()
    call = house.call()
    assert (call.status, call.attempt_id) == (Status.RINGING, "7")
    house.clock.wind(2)
    assert (call.status, call.heard) == (Status.IN_PROGRESS, "Good morning")
    house.clock.wind(5)
    assert call.status is Status.COMPLETED
    assert house.statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [params["SequenceNumber"] for _, params in house.sent] == ["0", "1", "2", "3"]
    last = house.sent[-1][1]
    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("5", "1", "200")
    assert last["Timestamp"] == "Tue, 31 Mar 2026 23:33:27 +0000"
    assert item(call)["ended_at"] == "2026-03-31T23:33:27.000000Z"


def test_a_call_that_rings_past_its_timeout_is_not_answered() -> None:
    house = House(ring_seconds=(30, 30))
    call = house.call(ring_timeout=10)
    house.clock.wind(9.9)
    assert call.status is Status.RINGING
    house.clock.wind(0.1)
    assert (call.status, call.ended_at) == (Status.NO_ANSWER, START + 10)
    assert house.sent[-1][1]["CallDuration"] == "0"


def test_the_time_limit_ends_a_call_that_would_go_on() -> None:
    house = House()
    call = house.call("+12025559915", time_limit=60)
    house.clock.wind(62)
    assert (call.status, call.talk_seconds) == (Status.COMPLETED, 60)


def test_an_unanswered_telephone_rings_until_the_timeout_or_as_long_as_the_network_has_patience() -> None:
    until_timeout = House()
    call = until_timeout.call("+12025559902", ring_timeout=30)
    until_timeout.clock.wind(30)
    assert (call.status, call.ended_at) == (Status.NO_ANSWER, START + 30)
    impatient = House(no_answer_seconds=(3, 3))
    call = impatient.call("+12025559902", ring_timeout=30)
    impatient.clock.wind(3)
    assert call.status is Status.NO_ANSWER


@pytest.mark.parametrize(("number", "status"), [("+12025559901", Status.BUSY), ("+12025559903", Status.FAILED)])
def test_busy_and_failed_calls_never_ring(number: str, status: Status) -> None:
    house = House()
    call = house.call(number)
    house.clock.wind(2)
    assert (call.status, call.rang_at, call.dialled_at) == (status, None, START)
    assert house.statuses == ["initiated", status]


def test_only_the_events_that_were_asked_for_are_reported() -> None:
    house = House()
    house.call(callback_events=frozenset({"completed"}))
    house.clock.wind(10)
    assert house.statuses == ["completed"]
    assert house.sent[0][1]["SequenceNumber"] == "0"


def test_twiml_that_cannot_be_played_ends_the_call_at_once() -> None:
    house = House()
    call = house.call(twiml="<Response><Dance/></Response>")
    house.clock.wind(2)
    assert (call.status, call.heard) == (Status.COMPLETED, "")


def test_a_callee_who_presses_a_key_hears_what_the_key_is_answered_and_then_the_call_ends() -> None:
    house = House()
    call = house.call(PRESSES_9, twiml=LISTENING)
    house.clock.wind(7)
    (key,) = house.pressed
    assert (key.at, key.url) == (7, "https://a.example/key?attempt=7#rc=3&rp=all")
    said = {name: key.params[name] for name in ("CallSid", "To", "CallStatus", "Digits")}
    assert said == {"CallSid": call.sid, "To": PRESSES_9, "CallStatus": "in-progress", "Digits": "9"}
    house.clock.wind(1)
    assert call.status is Status.IN_PROGRESS
    key.answer("<Response><Say>Never again</Say><Hangup/></Response>")
    assert (call.status, call.heard, call.pressed, call.talk_seconds) == (
        Status.COMPLETED,
        "Press 9 Never again",
        "9",
        6,
    )
    assert house.statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert item(call)["pressed"] == "9"


def test_a_callee_who_is_asked_for_another_key_presses_no_second_one() -> None:
    house = House()
    call = house.call(PRESSES_9, twiml=LISTENING)
    house.clock.wind(7)
    house.pressed[0].answer(LISTENING)
    assert (call.status, len(house.pressed)) == (Status.COMPLETED, 1)


@pytest.mark.parametrize("answer", [None, "<Response><Dance/></Response>"], ids=["none", "not twiml"])
def test_a_key_without_a_good_answer_ends_the_call(answer: str | None) -> None:
    house = House()
    call = house.call(PRESSES_9, twiml=LISTENING)
    house.clock.wind(7)
    house.pressed[0].answer(answer)
    assert (call.status, call.heard) == (Status.COMPLETED, "Press 9")
    assert house.statuses[-1] == "completed"


def test_the_time_limit_ends_a_call_that_waits_for_what_a_key_is_answered() -> None:
    house = House()
    call = house.call(PRESSES_9, twiml=LISTENING, time_limit=8)
    house.clock.wind(10)
    assert (call.status, call.talk_seconds) == (Status.COMPLETED, 8)
    house.pressed[0].answer("<Response><Say>Too late</Say></Response>")
    assert call.heard == "Press 9"
    assert house.statuses.count("completed") == 1


def test_a_call_that_its_time_limit_ends_first_has_no_key_pressed() -> None:
    house = House()
    call = house.call(PRESSES_9, twiml=LISTENING, time_limit=5)
    house.clock.wind(60)
    assert (call.status, call.pressed, house.pressed) == (Status.COMPLETED, None, [])


@pytest.mark.parametrize("number", [PRESSES_9, "+14155550123"], ids=["nobody listens", "nobody presses"])
def test_without_somebody_who_listens_and_somebody_who_presses_a_call_is_an_ordinary_one(number: str) -> None:
    house = House()
    spoken = {} if number == PRESSES_9 else {"twiml": LISTENING}
    call = house.call(number, **spoken)
    house.clock.wind(7)
    assert (call.status, call.pressed, house.pressed) == (Status.COMPLETED, None, [])
    assert call.heard == ("Good morning" if number == PRESSES_9 else "Press 9 Goodbye")


def test_more_calls_than_the_rate_are_queued_and_dialled_in_order() -> None:
    house = House(calls_per_second=2)
    calls = [house.call(f"+141555501{i:02d}") for i in range(5)]
    assert [call.status for call in calls].count(Status.QUEUED) == 4
    house.clock.wind(2)
    assert [call.dialled_at for call in calls] == [START, START + 0.5, START + 1, START + 1.5, START + 2]
    house.clock.wind(60)
    last = house.call()
    assert last.dialled_at == house.clock.now


def test_more_calls_than_fit_at_once_wait_for_one_to_end() -> None:
    house = House(max_concurrent=2)
    calls = [house.call(f"+141555501{i:02d}") for i in range(3)]
    assert [call.status for call in calls] == [Status.RINGING, Status.RINGING, Status.QUEUED]
    house.clock.wind(7)
    assert calls[2].dialled_at == START + 7


def test_a_wider_limit_dials_what_waits() -> None:
    house = House(calls_per_second=0.01)
    calls = [house.call(f"+141555501{i:02d}") for i in range(3)]
    house.exchange.behave(Behaviour(seed=1))
    assert all(call.status is Status.RINGING for call in calls)


def test_a_queued_call_can_be_cancelled_and_is_never_dialled() -> None:
    house = House(calls_per_second=1)
    _, waits = house.call(), house.call("+14155550124")
    house.exchange.change(waits.sid, "canceled")
    house.clock.wind(10)
    assert (waits.status, waits.dialled_at) == (Status.CANCELED, None)
    assert house.statuses.count("canceled") == 1


def test_a_ringing_call_can_be_cancelled() -> None:
    house = House()
    call = house.call()
    house.exchange.change(call.sid, "canceled")
    house.clock.wind(60)
    assert (call.status, call.answered_at) == (Status.CANCELED, None)
    assert house.statuses == ["initiated", "ringing", "canceled"]


def test_a_call_in_progress_is_not_cancelled_but_can_be_completed() -> None:
    house = House()
    call = house.call()
    house.clock.wind(3)
    with pytest.raises(Refusal) as refused:
        house.exchange.change(call.sid, "canceled")
    assert refused.value.kind.code == 21220
    house.exchange.change(call.sid, "completed")
    assert (call.status, call.talk_seconds) == (Status.COMPLETED, 1)
    house.clock.wind(60)
    assert house.statuses.count("completed") == 1


@pytest.mark.parametrize(("number", "code"), [("+12025559904", 21211), ("+12025559906", 20500)])
def test_refused_requests_leave_no_call(number: str, code: int) -> None:
    house = House()
    with pytest.raises(Refusal) as refused:
        house.call(number)
    assert refused.value.kind.code == code
    assert len(house.exchange.truth) == 0


def test_a_throttled_number_is_taken_the_second_time() -> None:
    house = House()
    with pytest.raises(Refusal) as refused:
        house.call("+12025559905")
    assert refused.value.kind.http_status == 429
    assert house.call("+12025559905").status is Status.RINGING


def test_a_number_that_is_queued_for_ever_can_only_be_cancelled() -> None:
    house = House()
    call = house.call("+12025559913")
    house.clock.wind(86_400)
    assert (call.status, call.dialled_at) == (Status.QUEUED, None)
    assert house.exchange.change(call.sid, "canceled").status is Status.CANCELED


def test_reordered_callbacks_overtake_each_other_and_none_is_missing() -> None:
    house = House()
    house.call("+12025559911")
    house.clock.wind(10)
    assert house.statuses == ["ringing", "initiated", "completed", "in-progress"]


def test_doubled_callbacks_are_equal() -> None:
    house = House()
    house.call("+12025559910")
    house.clock.wind(10)
    assert len(house.sent) == 8
    assert len({params["SequenceNumber"] for _, params in house.sent}) == 4


def test_late_and_lost_callbacks() -> None:
    house = House(late_seconds=(9, 9))
    house.call("+12025559912")
    house.call("+12025559909")
    house.clock.wind(10)
    assert sorted(at for at, _ in house.sent) == [9, 9, 11, 16]


def test_the_log_forgets_the_oldest_ended_calls_first() -> None:
    house = House(limit=100)
    stuck = house.call("+12025559913")
    for i in range(150):
        house.call(f"+1415555{i:04d}")
        house.clock.wind(7)
    assert house.exchange.truth.get(stuck.sid) is stuck
    house.exchange.change(stuck.sid, "canceled")
    for i in range(150):
        house.call(f"+1415555{i:04d}")
        house.clock.wind(7)
    assert len(house.exchange.truth) <= 101
    assert house.exchange.truth.get(stuck.sid) is None
    assert [call.number for call in house.exchange.truth.oldest_first(250)] == list(range(250, 301))


def test_every_call_ends_whatever_the_mix() -> None:
    house = House(outcomes=Outcomes(answered=1, busy=1, no_answer=1, failed=1), calls_per_second=50, max_concurrent=20)
    calls = [house.call(f"+1415556{i:04d}") for i in range(400)]
    house.clock.wind(3_600)
    assert all(call.ended_at is not None and call.progress is None for call in calls)
    assert {call.status for call in calls} == {Status.COMPLETED, Status.BUSY, Status.NO_ANSWER, Status.FAILED}


LOOKING: dict[str, Any] = {"detection_seconds": (1, 1), "greeting_seconds": (4, 4)}


def test_where_a_message_is_to_be_left_a_machine_hears_it_after_its_beep_and_the_end_says_who_answered() -> None:
    house = House(**LOOKING)
    call = house.call(MACHINE, detection=Detection.MESSAGE_END)
    house.clock.wind(2 + 3)
    assert (call.status, call.heard, call.answered_by) == (Status.IN_PROGRESS, None, None)
    house.clock.wind(1)
    assert (call.heard, call.answered_by) == ("Good morning", "machine_end_beep")
    house.clock.wind(5)
    assert [params.get("AnsweredBy") for _, params in house.sent] == [None, None, None, "machine_end_beep"]
    assert house.sent[-1][1]["CallDuration"] == "9"


def test_a_person_is_known_sooner_than_a_beep() -> None:
    house = House(**LOOKING)
    call = house.call(detection=Detection.MESSAGE_END)
    house.clock.wind(2 + 1)
    assert (call.heard, call.answered_by) == ("Good morning", "human")


@pytest.mark.parametrize(("to", "who"), [(MACHINE, "machine_start"), ("+14155550123", "human")])
def test_asynchronously_everybody_is_spoken_to_at_once_and_who_it_is_is_posted_meanwhile(to: str, who: str) -> None:
    house = House(**LOOKING)
    call = house.call(
        to,
        detection=Detection.ENABLE,
        waits_for_detection=False,
        detection_callback="https://a.example/who",
        callback_events=frozenset({"completed"}),
    )
    house.clock.wind(2)
    assert (call.heard, call.answered_by, house.sent) == ("Good morning", None, [])
    house.clock.wind(1)
    assert house.sent == [
        (3.0, {"CallSid": call.sid, "AccountSid": "AC1", "AnsweredBy": who, "MachineDetectionDuration": "1000"})
    ]
    house.exchange.change(call.sid, "completed")
    assert call.status is Status.COMPLETED
    assert house.sent[-1][1]["CallDuration"] == "1"
    assert "AnsweredBy" not in house.sent[-1][1]
    house.clock.wind(60)
    assert len(house.sent) == 2


def test_who_hangs_up_before_it_is_known_who_they_are_stays_unknown() -> None:
    house = House(detection_seconds=(9, 9))
    call = house.call(detection=Detection.ENABLE, waits_for_detection=False, detection_callback="https://a.example/who")
    house.clock.wind(60)
    assert (call.status, call.answered_by) == (Status.COMPLETED, None)
    assert house.statuses == ["initiated", "ringing", "in-progress", "completed"]


def test_the_time_limit_ends_a_call_that_still_waits_for_the_beep() -> None:
    house = House(greeting_seconds=(30, 30))
    call = house.call(MACHINE, detection=Detection.MESSAGE_END, time_limit=10)
    house.clock.wind(2 + 10)
    assert (call.status, call.heard, call.talk_seconds) == (Status.COMPLETED, None, 10)


def test_nobody_looks_for_machines_unless_asked() -> None:
    house = House()
    call = house.call(MACHINE)
    house.clock.wind(60)
    assert (call.status, call.heard, call.answered_by) == (Status.COMPLETED, "Good morning", None)


def test_a_machine_that_answers_first_gives_way_to_a_person() -> None:
    house = House(**LOOKING)
    found = []
    for _ in range(2):
        call = house.call(MACHINE_AT_FIRST, detection=Detection.ENABLE)
        house.clock.wind(60)
        found.append(call.answered_by)
    assert found == ["machine_start", "human"]


def test_as_many_answered_calls_as_said_are_machines() -> None:
    house = House(machines=0.25)
    calls = [house.call(f"+1415{2_000_000 + each}", detection=Detection.ENABLE) for each in range(400)]
    house.clock.wind(60)
    assert 60 < sum(call.answered_by == "machine_start" for call in calls) < 140
