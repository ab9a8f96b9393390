"""People, schedulers, dialers and the carrier move one campaign in any order, and two of them at once: what always holds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.books import HOLD, RING_TIMEOUT, TIME_LIMIT, Attempt, Books
from tests.support.world import listed
from uuid_utils.compat import uuid7

from belltower.db import edits, moves
from belltower.db.campaigns import get_campaign
from belltower.db.due import expire_announcements, get_scheduled_campaigns_to_run
from belltower.db.engine import in_transaction, sql
from belltower.db.ownership import give_back, release, take_over
from belltower.domain import schedule
from belltower.domain.call import LIVE, CallStatus
from belltower.domain.campaign import EDITABLE, FINAL, RUNNABLE, TRANSITIONS, CampaignStatus, Move, destination
from belltower.domain.errors import IllegalTransition

CONTACTS = 2
MAX_ATTEMPTS = 2
STOPPED = (CampaignStatus.PAUSED, CampaignStatus.CANCELLED)


class Story:
    """One campaign, and everybody who moves it."""

    def __init__(self, books: Books, campaign: UUID) -> None:
        self._books = books
        self.campaign = campaign
        self.message = ""
        """What the dialer says."""
        self._epoch = 0
        """What the dialer takes for the campaign's epoch; it may be wrong."""
        self._edits = 0
        self._is_announced = False
        """There is a message; it may be old, and come again and again."""

    async def move(self, move: Move) -> None:
        async def work(connection: Any) -> None:
            locked = await moves.lock_one(connection, self._books.account, self.campaign)
            try:
                target = destination(move, locked.status, is_ahead=locked.is_ahead)
            except IllegalTransition:
                return
            if target in STOPPED:
                await moves.stop(connection, [self.campaign], target, actor="person")
            elif target is not None:
                is_early = locked.is_ahead and target is CampaignStatus.PENDING
                scheduled = schedule.at(locked.now, locked.timezone) if is_early else None
                await moves.go_on(connection, self.campaign, target, actor="person", scheduled=scheduled)

        await in_transaction(self._books.engine, work)

    async def pause(self) -> None:
        await self.move(Move.PAUSE)

    async def cancel(self) -> None:
        await self.move(Move.CANCEL)

    async def resume(self) -> None:
        await self.move(Move.RESUME)

    async def start(self) -> None:
        await self.move(Move.START)

    async def edit(self) -> None:
        """Another message, a contact more and all others off the list, where nobody works on the campaign."""
        self._edits += 1
        number = f"+1415{3_000_000 + next(self._books._phones)}"

        async def work(connection: Any) -> None:
            locked = await moves.lock_one(connection, self._books.account, self.campaign)
            if locked.status not in EDITABLE:
                return
            before = await get_campaign(connection, self._books.account, self.campaign)
            with listed([number]) as new:
                change = await edits.replace_contacts(connection, self.campaign, new)
            await edits.write(
                connection,
                before,
                definition=replace(before.definition, welcome_message=f"Edit {self._edits}."),
                timing=None,
                expires_at=before.expires_at,
                list_change=change,
                contact_fields=[],
                changed=["welcome_message", "contacts"],
                actor="editor",
            )

        await in_transaction(self._books.engine, work)

    async def announce(self) -> None:
        claimed = await get_scheduled_campaigns_to_run(self._books.engine, 1000)
        self._is_announced |= self.campaign in [due.id for due in claimed]

    async def announce_again(self) -> None:
        await expire_announcements(self._books.engine, age=0, batch=1000)

    async def take(self) -> None:
        if not self._is_announced:
            return
        for taken in await take_over(self._books.engine, self._books.dialer, [self.campaign], actor="dialer"):
            self._epoch = taken.epoch
            self.message = taken.welcome_message

    async def gate(self) -> None:
        """The gate's transaction, with the epoch that the dialer remembers."""
        mine = {"ids": [self.campaign], "epochs": [self._epoch], "dialer": self._books.dialer}

        async def work(connection: Any) -> None:
            account = {"account": self._books.account}
            await connection.execute(sql("gate_lock_account"), account)
            if not (await connection.execute(sql("gate_lock_campaigns"), mine)).all():
                return
            now = (await connection.execute(sql("gate_count"), account | {"limited": False})).one().now
            found = await connection.execute(sql("dialable"), {"ids": [self.campaign], "limits": [10]})
            contacts = [row.id for row in found]
            await connection.execute(
                sql("gate_admit"),
                {
                    **account,
                    "contacts": contacts,
                    "attempts": [uuid7() for _ in contacts],
                    "caller_ids": ["+14155550100" for _ in contacts],
                    "windows": [None for _ in contacts],
                    "carrier": "simulated",
                    "dialer": self._books.dialer,
                    "time_limit": TIME_LIMIT,
                    "ring_timeout": RING_TIMEOUT,
                    "send_by": now,
                    "check_at": now,
                    "hold": HOLD,
                    "busy_delay": 30.0,
                    "cap_calls": None,
                    "cap_period": 0.0,
                },
            )

        await in_transaction(self._books.engine, work)

    async def release(self) -> None:
        await release(self._books.engine, self._books.dialer, {self.campaign: self._epoch}, actor="dialer")

    async def stumble(self) -> None:
        await give_back(self._books.engine, self._books.dialer, self.campaign, self._epoch, actor="dialer", delay=0)

    async def placed(self) -> None:
        for attempt in await self._calls(CallStatus.DIALLING):
            await self._books.placed(attempt)

    async def not_placed(self) -> None:
        for attempt in (await self._calls(CallStatus.DIALLING))[:1]:
            await self._books.outcomes.apply(attempt.ours(CallStatus.NOT_PLACED), source="response")

    async def reconcile(self) -> None:
        """The carrier cancels what is called off and still waits there."""
        calls = await self._books.rows(
            "SELECT id FROM attempts WHERE campaign_id = :id AND called_off AND status = 'queued'", id=self.campaign
        )
        await self._report([call.id for call in calls], CallStatus.CANCELLED)

    async def ring(self) -> None:
        await self._report([attempt.id for attempt in (await self._calls(CallStatus.QUEUED))[:1]], CallStatus.RINGING)

    async def end(self, status: CallStatus) -> None:
        await self._report([attempt.id for attempt in (await self._calls(*LIVE))[:1]], status)

    async def talk(self) -> None:
        await self.end(CallStatus.COMPLETED)

    async def be_busy(self) -> None:
        await self.end(CallStatus.BUSY)

    async def let_time_pass(self) -> None:
        """Whoever waits for another call has waited long enough."""
        await self._books.execute(
            "UPDATE contacts SET next_attempt_at = now() WHERE campaign_id = :id AND status = 'waiting'",
            id=self.campaign,
        )
        await self._books.execute(
            """UPDATE campaigns SET next_due_at = now(),
                   scheduled_time = CASE WHEN is_scheduled THEN least(scheduled_time, now()) END
               WHERE id = :id AND next_due_at IS NOT NULL""",
            id=self.campaign,
        )

    async def _calls(self, *statuses: CallStatus) -> list[Attempt]:
        rows = await self._books.rows(
            "SELECT id, contact_id FROM attempts WHERE campaign_id = :id AND status = ANY(:statuses) ORDER BY id",
            id=self.campaign,
            statuses=list(statuses),
        )
        return [Attempt(row.id, self.campaign, row.contact_id, f"CA{row.id.hex}") for row in rows]

    async def _report(self, calls: list[UUID], status: CallStatus) -> None:
        for call in calls:
            attempt = Attempt(call, self.campaign, 0, f"CA{call.hex}")
            await self._books.outcomes.apply(attempt.report(status), source="callback")

    # ---- judging

    async def row(self) -> Any:
        return await self._books.row("SELECT * FROM campaigns WHERE id = :id", id=self.campaign)

    async def gated(self) -> int:
        found = await self._books.row("SELECT count(*) FROM attempts WHERE campaign_id = :id", id=self.campaign)
        return int(found[0])

    async def check(self) -> None:
        """What holds after every commit."""
        campaign = await self.row()
        contacts = await self._books.rows("SELECT status FROM contacts WHERE campaign_id = :id", id=self.campaign)
        is_open = any(contact.status in ("waiting", "calling") for contact in contacts)
        if campaign.status in RUNNABLE:
            assert campaign.next_due_at is not None or not is_open, "somebody is forgotten"
        else:
            assert (campaign.next_due_at, campaign.owner, campaign.announced_at) == (None, None, None)
        assert campaign.status != CampaignStatus.COMPLETED or not is_open
        if campaign.status in STOPPED:
            rings_on = await self._books.rows(
                """SELECT id FROM attempts WHERE campaign_id = :id AND (status = 'dialling' AND NOT called_off
                   OR status = 'queued' AND (NOT called_off OR check_at > clock_timestamp()))""",
                id=self.campaign,
            )
            assert not rings_on, "calls that nobody will cancel"
        events = await self._books.rows(
            """SELECT from_status, to_status, changed FROM campaign_events
               WHERE campaign_id = :id AND actor <> 'test' ORDER BY id""",
            id=self.campaign,
        )
        moved = [event for event in events if event.changed is None]
        assert {event.to_status for event in events if event.changed} <= EDITABLE
        assert all(event.from_status == event.to_status for event in events if event.changed)
        if campaign.owner is not None and campaign.epoch == self._epoch:
            assert campaign.welcome_message == self.message, "the dialer says what the campaign is not any more"
        for before, after in pairwise(moved):
            assert after.from_status == before.to_status
            assert after.to_status in TRANSITIONS[CampaignStatus(before.to_status)]
        assert not moved or moved[-1].to_status == campaign.status
        await self._books.check([self.campaign])

    async def run_to_its_end(self) -> None:
        """Everybody does what is theirs, until nothing is left to do."""
        await self.resume()
        for _ in range(2 * MAX_ATTEMPTS + 2):
            await self.let_time_pass()
            for step in (self.announce_again, self.announce, self.take, self.gate, self.placed, self.reconcile):
                await step()
            for _ in range(CONTACTS + self._edits):
                await self.talk()
            await self.release()
            await self.check()


ACTIONS: dict[str, Callable[[Story], Awaitable[None]]] = {
    action.__name__: action
    for action in (
        Story.pause, Story.cancel, Story.resume, Story.start, Story.announce, Story.announce_again, Story.take, Story.gate,
        Story.release, Story.stumble, Story.placed, Story.not_placed, Story.reconcile, Story.ring, Story.talk, Story.be_busy,
        Story.let_time_pass, Story.edit,
    )
}  # fmt: skip
FLOW = ["announce", "take", "gate", "placed", "ring"]
"""What leads somewhere; every action by itself would mostly find nothing to do."""
BEGINNINGS = {
    "processing": "next_due_at = now()",
    "pending": "next_due_at = now(), status = 'pending', started_at = NULL",
    "scheduled": """next_due_at = now() + interval '1 hour', status = 'scheduled', started_at = NULL, is_scheduled = true,
                    scheduled_time = now() + interval '1 hour', scheduled_wall = localtimestamp""",
}
names = st.sampled_from([*ACTIONS, *FLOW, *FLOW, "pause", "resume", "edit"])


@pytest.mark.timeout(300)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    database=None,
    max_examples=25,
)
@given(
    begins=st.sampled_from(sorted(BEGINNINGS)),
    steps=st.lists(st.one_of(names.map(lambda name: (name,)), st.tuples(names, names)), min_size=8, max_size=30),
)
async def test_whatever_happens_to_a_campaign_nobody_is_forgotten_and_nobody_is_called_after_a_stop(
    books: Books, begins: str, steps: list[tuple[str, ...]]
) -> None:
    campaign = await books.campaign(CONTACTS, max_attempts=MAX_ATTEMPTS, retry_delay=1)
    await books.execute(f"UPDATE campaigns SET {BEGINNINGS[begins]} WHERE id = :id", id=campaign)
    story = Story(books, campaign)
    for step in steps:
        before, gated = await story.row(), await story.gated()
        await asyncio.gather(*(ACTIONS[name](story) for name in step))
        if before.status in (*STOPPED, *FINAL) and not {"resume", "start"} & set(step):
            assert await story.gated() == gated, "a call after a stop"
        if before.status in FINAL:
            assert (await story.row()).status == before.status
        await story.check()
    was_cancelled = (await story.row()).status == CampaignStatus.CANCELLED
    gated = await story.gated()
    await story.run_to_its_end()
    assert (await story.row()).status == (CampaignStatus.CANCELLED if was_cancelled else CampaignStatus.COMPLETED)
    assert not was_cancelled or await story.gated() == gated
    over = await books.rows(
        """SELECT contact_id FROM attempts WHERE campaign_id = :id AND status NOT IN ('not_placed', 'cancelled')
           GROUP BY contact_id HAVING count(*) > :most""",
        id=campaign,
        most=MAX_ATTEMPTS,
    )
    assert not over, "called more often than the retry policy says"
