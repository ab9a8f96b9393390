"""What answering machines mean: for the call, its contact and the progress; and that the carrier hangs up on them."""

from datetime import timedelta
from typing import Any

import pytest
from tests.support.books import TARIFF, Attempt, Books
from tests.support.eventually import eventually
from tests.support.world import World

from belltower.db.progress import get_progress
from belltower.domain.answering_machine import AnsweringMachine
from belltower.domain.call import CallStatus
from belltower.domain.retry_policy import MACHINE_ANSWERED, MESSAGE_LEFT
from belltower.outcomes import Effect, Outcomes
from belltower.telephony.provider import CallUpdate

MACHINE, MACHINE_AT_FIRST, PERSON = "+12025559919", "+12025559920", "+12025559900"
AFTER_VOICEMAIL = 14_400


async def hear(books: Books, attempt: Attempt, status: CallStatus, key: str | None = None, **said: Any) -> Effect:
    return await books.outcomes.apply(attempt.report(status, key, **said), source="callback")


async def found(books: Books, attempt: Attempt, answered_by: str) -> Effect:
    """What the carrier posts as soon as it knows who answered."""
    return await hear(books, attempt, CallStatus.IN_PROGRESS, "answered_by", answered_by=answered_by)


async def polled(books: Books, attempt: Attempt, answered_by: str | None) -> Effect:
    """What the carrier says of the ended call when it is asked."""
    update = attempt.report(CallStatus.COMPLETED, "fetched", duration=5, answered_by=answered_by)
    return await books.outcomes.apply(update, source="poll")


async def dispositions(books: Books, attempt: Attempt) -> dict[str, int]:
    async with books.engine.connect() as connection:
        progress = (await get_progress(connection, [attempt.campaign]))[attempt.campaign]
    return {ended: number for ended, number in progress.dispositions.items() if number}


async def reason_of(books: Books, attempt: Attempt) -> str | None:
    return (await books.row("SELECT reason FROM contacts WHERE id = :id", id=attempt.contact)).reason  # type: ignore[no-any-return]


async def hung_up(books: Books, **policy: Any) -> Attempt:
    """A call of a campaign that hangs up on machines, in progress."""
    attempt = await books.call(
        answering_machine=AnsweringMachine.HANG_UP,
        **{"max_attempts": 2, "retry_delays": {"voicemail": AFTER_VOICEMAIL}, **policy},
    )
    await hear(books, attempt, CallStatus.RINGING)
    await hear(books, attempt, CallStatus.IN_PROGRESS)
    return attempt


async def test_who_was_left_a_message_is_reached_and_the_call_counts_as_voicemail(books: Books) -> None:
    attempt = await books.call(max_attempts=3, answering_machine=AnsweringMachine.LEAVE_MESSAGE)
    await hear(books, attempt, CallStatus.IN_PROGRESS)
    await hear(books, attempt, CallStatus.COMPLETED, duration=9, answered_by="machine_end_beep")
    state = await books.state(attempt)
    assert (state.status, state.contact, state.attempts) == ("completed", "reached", 1)
    assert await reason_of(books, attempt) == MESSAGE_LEFT
    assert await dispositions(books, attempt) == {"voicemail": 1}
    await books.check([attempt.campaign])


async def test_on_a_machine_is_hung_up_at_once_and_its_contact_waits_for_the_delay_of_voicemail(books: Books) -> None:
    attempt = await hung_up(books)
    assert await found(books, attempt, "machine_start") is Effect.STALE
    assert (await books.state(attempt)).check_at <= await _now(books), "a dialer looks after it now, and hangs up"
    await hear(books, attempt, CallStatus.COMPLETED, duration=3)
    state = await books.state(attempt)
    assert (state.status, state.contact, state.attempts, state.duration) == ("completed", "waiting", 1, 3)
    assert state.next_attempt_at == state.ended_at + timedelta(seconds=AFTER_VOICEMAIL)
    assert await reason_of(books, attempt) == MACHINE_ANSWERED
    assert await dispositions(books, attempt) == {"voicemail": 1}
    await books.check([attempt.campaign])


async def test_that_a_machine_answered_may_be_known_before_that_the_call_was_answered(books: Books) -> None:
    attempt = await books.call(answering_machine=AnsweringMachine.HANG_UP)
    await hear(books, attempt, CallStatus.RINGING)
    assert await found(books, attempt, "machine_start") is Effect.MOVED
    await hear(books, attempt, CallStatus.IN_PROGRESS)
    state = await books.state(attempt)
    assert (state.status, state.check_at <= await _now(books)) == ("in_progress", True)
    await hear(books, attempt, CallStatus.COMPLETED, duration=3)
    assert (await books.state(attempt)).contact == "unreached"


async def test_a_person_is_reached_and_not_hung_up_on(books: Books) -> None:
    attempt = await hung_up(books)
    await found(books, attempt, "human")
    assert (await books.state(attempt)).check_at > await _now(books) + timedelta(seconds=60)
    await hear(books, attempt, CallStatus.COMPLETED, duration=30)
    assert (await books.state(attempt)).contact == "reached"
    assert await dispositions(books, attempt) == {"completed": 1}


@pytest.mark.parametrize(
    ("answered_by", "contact"), [("machine_start", "waiting"), ("human", "reached"), (None, "reached")]
)
async def test_an_end_that_does_not_say_who_answered_has_the_carrier_asked(
    books: Books, answered_by: str | None, contact: str
) -> None:
    attempt = await hung_up(books)
    assert await hear(books, attempt, CallStatus.COMPLETED, duration=5) is Effect.STALE
    state = await books.state(attempt)
    assert (state.status, state.contact, state.check_at <= await _now(books)) == ("in_progress", "calling", True)
    assert await polled(books, attempt, answered_by) is Effect.MOVED
    assert (await books.state(attempt)).contact == contact
    await books.check([attempt.campaign])


async def test_nobody_is_asked_where_machines_are_treated_as_answered(books: Books) -> None:
    attempt = await books.call(max_attempts=2)
    await hear(books, attempt, CallStatus.IN_PROGRESS)
    assert await hear(books, attempt, CallStatus.COMPLETED, duration=5) is Effect.MOVED
    assert (await books.state(attempt)).contact == "reached"


async def test_evidence_that_a_machine_answered_a_call_taken_for_lost_leaves_its_contact_unreached(
    books: Books,
) -> None:
    attempt = await books.call(answering_machine=AnsweringMachine.HANG_UP)
    await hear(books, attempt, CallStatus.NO_ANSWER)
    update = attempt.report(CallStatus.COMPLETED, duration=5, answered_by="machine_start")
    assert await books.outcomes.apply(update, source="callback") is Effect.CONTRADICTION
    state = await books.state(attempt)
    assert (state.status, state.contact) == ("no_answer", "unreached")
    other = await books.call(answering_machine=AnsweringMachine.HANG_UP)
    await hear(books, other, CallStatus.NO_ANSWER)
    await books.outcomes.apply(other.report(CallStatus.COMPLETED, duration=5, answered_by="human"), source="callback")
    assert (await books.state(other)).contact == "reached"
    await books.check([attempt.campaign, other.campaign])


async def test_each_disposition_has_its_own_delay_that_grows(books: Books) -> None:
    policy: dict[str, Any] = {
        "max_attempts": 5,
        "retry_delay": 900,
        "retry_delays": {"busy": 60, "failed": None},
        "retry_backoff": 2.0,
    }
    busy, silent, failed = [await books.call(**policy) for _ in range(3)]
    for attempt, status in ((busy, CallStatus.BUSY), (silent, CallStatus.NO_ANSWER), (failed, CallStatus.FAILED)):
        await hear(books, attempt, status)
    states = [await books.state(attempt) for attempt in (busy, silent, failed)]
    waits = [state.next_attempt_at and (state.next_attempt_at - state.ended_at).total_seconds() for state in states]
    assert waits == [60, 900, None]
    assert states[2].contact == "unreached"
    await books.execute("UPDATE contacts SET next_attempt_at = now() WHERE id = :id", id=busy.contact)
    (again,) = await books.gate(busy.campaign)
    await hear(books, again, CallStatus.BUSY)
    state = await books.state(again)
    assert (state.next_attempt_at - state.ended_at).total_seconds() == 120


async def _now(books: Books) -> Any:
    return (await books.row("SELECT clock_timestamp() AS now")).now


async def test_the_carrier_hangs_up_on_machines_and_rings_again(world: World) -> None:
    await world.behave(talk_seconds=[20, 20], detection_seconds=[0.2, 0.2], ring_seconds=[0.05, 0.05])
    for service in ("api", "scheduler", "dialer"):
        world.start(service)
    campaign = await world.campaign(
        [MACHINE, MACHINE_AT_FIRST],
        max_attempts=2,
        retry_delay=0,
        retry_delays={"voicemail": 1},
        answering_machine=AnsweringMachine.HANG_UP,
    )

    async def machines_are_done() -> bool:
        calls = [call for call in await world.truth() if call["answered_by"] == "machine_start"]
        return len(calls) == 3 and all(call["ended_at"] for call in calls)

    await eventually(machines_are_done, timeout=30)
    rows = await world.rows("SELECT phone, status, reason FROM contacts ORDER BY phone")
    assert (rows[0].status, rows[0].reason) == ("unreached", MACHINE_ANSWERED)
    assert rows[1].status in ("waiting", "calling", "reached")
    talked = await world.rows("SELECT duration FROM attempts WHERE answered_by = 'machine_start'")
    assert [row.duration < 10 for row in talked] == [True] * 3, "hung up on long before they would have"
    await world.reaches(campaign, "completed", timeout=40)
    assert await world.one("SELECT status FROM contacts WHERE phone = :phone", phone=MACHINE_AT_FIRST) == "reached"
    await world.check()


async def test_a_message_is_left_after_the_beep(world: World) -> None:
    await world.behave(talk_seconds=[0.2, 0.3], detection_seconds=[0.1, 0.1], greeting_seconds=[0.5, 0.5])
    for service in ("api", "scheduler", "dialer"):
        world.start(service)
    campaign = await world.campaign([MACHINE, PERSON], max_attempts=2, answering_machine=AnsweringMachine.LEAVE_MESSAGE)
    await world.reaches(campaign, "completed")
    calls = {call["to"]: call for call in await world.truth()}
    assert [calls[to]["answered_by"] for to in (MACHINE, PERSON)] == ["machine_end_beep", "human"]
    assert {call["heard"] for call in calls.values()} == {"Hello, this is a test."}
    rows = await world.rows("SELECT status, reason FROM contacts ORDER BY phone")
    assert [(row.status, row.reason) for row in rows] == [("reached", None), ("reached", MESSAGE_LEFT)]
    await world.check()


async def test_a_machine_is_found_although_no_callback_says_so(world: World) -> None:
    """Only the last callback comes through, and not who answered: the carrier is asked."""
    await world.behave(talk_seconds=[1.5, 1.5], detection_seconds=[0.2, 0.2])
    world.start("scheduler")
    world.start("dialer")
    campaign = await world.campaign([MACHINE], answering_machine=AnsweringMachine.HANG_UP)

    async def has_ended() -> Any:
        calls = await world.truth()
        return calls and calls[0]["ended_at"] and calls[0]

    call = await eventually(has_ended, timeout=20)
    attempt = (await world.rows("SELECT id FROM attempts"))[0].id
    outcomes = Outcomes(world.engine, TARIFF, check_interval=60.0)
    await outcomes.apply(
        CallUpdate(attempt, call["sid"], CallStatus.COMPLETED, dedupe_key="3", duration=2), source="callback"
    )
    await world.reaches(campaign, "completed", timeout=20)
    rows = await world.rows("SELECT contacts.status, answered_by FROM contacts, attempts")
    assert [(row.status, row.answered_by) for row in rows] == [("unreached", "machine_start")]
