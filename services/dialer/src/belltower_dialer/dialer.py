"""A dialer: consumes `campaign.due`, owns campaigns, runs each in a task of its own."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.engine import database_problem, is_outage, sqlstate
from belltower.db.ownership import NotAlive, Taken, find_suspects, read_owned, take_over
from belltower.domain.money import Tariff
from belltower.events import CampaignDue
from belltower.messaging.consumer import CampaignConsumer, Failing
from belltower.outcomes import Outcomes
from belltower.runtime import fault
from belltower.telephony.provider import Carrier
from belltower_dialer import metrics
from belltower_dialer.contacts import ContactReader
from belltower_dialer.gate import Gate, Terms
from belltower_dialer.giving_back import GivingBack
from belltower_dialer.heartbeat import Heartbeat, Owned
from belltower_dialer.owned import OwnedCampaign
from belltower_dialer.placing import Placer
from belltower_dialer.process_campaign import Ending, Switchboard, process_campaign
from belltower_dialer.reconcile import Reconciler
from belltower_dialer.rush import Rush
from belltower_dialer.settings import DialerSettings
from belltower_dialer.slots import Slots
from belltower_dialer.trials import Trials
from belltower_dialer.upkeep import Upkeep

log = structlog.get_logger(__name__)

WATCH_INTERVAL = 0.25
WARM = 5
"""Connections that are opened before there is anything to do. To open one takes 15 ms, which a start would be late."""
OUTAGE_PAUSE = 1.0
"""Seconds until a campaign goes on whose statement met a database that was away."""


class Dialer:
    """One dialer process's work. Any number of them run side by side."""

    def __init__(self, settings: DialerSettings, engine: AsyncEngine, carrier: Carrier, *, name: str) -> None:
        self._engine = engine
        self._max_owned = settings.max_owned
        self._name = name
        self._owned: dict[UUID, OwnedCampaign] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._seen: tuple[Owned, float] = ({}, 0.0)
        self._renewed = asyncio.Event()
        self._leaving = False
        tariff = Tariff(settings.rate_per_minute, settings.billing_increment)
        outcomes = Outcomes(engine, tariff, settings.check_interval)
        self._heartbeat = Heartbeat(settings, name=self._name, on_renewal=self._note)
        self._placer = Placer(engine, carrier, outcomes, limit=settings.max_placing)
        self._slots = Slots(engine)
        self._giving_back = GivingBack(
            engine, self._heartbeat, actor=self._name, check_interval=settings.check_interval
        )
        terms = Terms(carrier.name, settings.ring_timeout, settings.call_time_limit, tariff)
        self._rush = Rush()
        self._gate = Gate(engine, self._heartbeat, self._placer, terms, self._rush)
        upkeep = Upkeep(engine, self._heartbeat)
        self._board = Switchboard(ContactReader(engine), self._gate, self._slots, self._giving_back, upkeep)
        self._reconciler = Reconciler(
            engine, carrier, outcomes, self._heartbeat, self._placer, absent_for=settings.absent_for
        )
        self._trials = Trials(engine, self._heartbeat, take=self._take_on_trial, is_past=self._is_past_trial)
        self._consumer = CampaignConsumer(settings, name=self._name, handle=self._take_over)

    async def run(self) -> None:
        """Dial, for ever; a loop that dies ends the process."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._heartbeat.run())
            group.create_task(self._keep_comparing())
            group.create_task(self._reconciler.run())
            group.create_task(self._slots.run())
            group.create_task(self._trials.run())
            group.create_task(self._consumer.run())
            group.create_task(self._watch())

    async def drain(self) -> None:
        """End the work in flight: take nothing more, let requests to the carrier end, give all campaigns back."""
        self._leaving = True
        self._consumer.want(False)
        await self._consumer.drained()
        await self._trials.close()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._placer.close()
        await self._gate.drained()
        await self._placer.drained()
        await self._giving_back.release_all(list(self._owned.values()))
        await self._heartbeat.retire()
        log.info("drained", campaigns=len(tasks))

    async def live(self) -> str | None:
        """What is wrong with this process, if anything: its loops end it by themselves."""
        return None

    async def ready(self) -> str | None:
        """What keeps this process from dialling, if anything."""
        if not self._heartbeat.is_alive():
            return "The heartbeat could not be renewed."
        if not self._consumer.consuming and not self._leaving and len(self._owned) < self._max_owned:
            return "RabbitMQ does not know this consumer."
        return await database_problem(self._engine)

    async def _watch(self) -> None:
        """Consume while this dialer lives and has room."""
        await self._heartbeat.registered.wait()
        await self._warm_up()
        while True:
            if not self._leaving:
                self._consumer.want(self._heartbeat.is_alive() and len(self._owned) < self._max_owned)
            metrics.owned.set(len(self._owned))
            await asyncio.sleep(WATCH_INTERVAL)

    async def _warm_up(self) -> None:
        """Take nothing over, on some connections: what starts now and then waits for none, nor for compiled statements."""
        try:
            for warm in (self._take_nothing, self._board.contacts.warm_up):
                await asyncio.gather(*(warm() for _ in range(WARM)))
        except Exception as error:  # a database that is away now is no reason to end; all else is raised again
            if not is_outage(error) and not isinstance(error, NotAlive):
                raise
            log.warning("not_warmed_up", error=type(error).__name__)

    async def _take_nothing(self) -> None:
        await take_over(self._engine, self._heartbeat.dialer_id, [], actor=self._name)

    async def _take_over(self, event: CampaignDue) -> None:
        failing: dict[UUID, str] = {}
        with self._rush.arriving(len(event.campaign_ids)) as arrived:
            taken = await self._take(event.campaign_ids, failing, suspected=False, arrived=arrived)
        fault.point("takeover.before_ack")
        if len(taken) + len(failing) < len(event.campaign_ids):
            others = [each for each in event.campaign_ids if each not in taken and each not in failing]
            self._trials.add(await find_suspects(self._engine, others))
        if failing:
            raise Failing(failing)

    async def _take(
        self,
        campaign_ids: Sequence[UUID],
        failing: dict[UUID, str],
        *,
        suspected: bool,
        arrived: Callable[[], None] = lambda: None,
    ) -> set[UUID]:
        """Take campaigns over and start them; which. Those that cannot be for a reason of their own are in `failing`.

        `arrived` is called when there are some: what is left is waited for.
        """

        def start(found: Sequence[Taken]) -> None:
            self._start_all(found)
            if found:
                arrived()

        try:
            found = await take_over(
                self._engine,
                self._heartbeat.dialer_id,
                campaign_ids,
                actor=self._name,
                suspected=suspected,
                on_taken=start,
            )
        except Exception as error:  # an outage is everybody's; all else is that of the campaign that causes it
            if is_outage(error) or isinstance(error, NotAlive):
                raise
            if len(campaign_ids) > 1:
                one_by_one = [await self._take([each], failing, suspected=suspected) for each in campaign_ids]
                return set().union(*one_by_one)
            (campaign_id,) = campaign_ids
            metrics.errors.labels("take_over").inc()
            log.exception("takeover_failed", campaign_id=str(campaign_id))
            failing[campaign_id] = _in_short(error)
            await self._giving_back.give_up_takeover(campaign_id)
            return set()
        return {taken.id for taken in found}

    async def _take_on_trial(self, campaign_ids: Sequence[UUID]) -> set[UUID]:
        return await self._take(campaign_ids, {}, suspected=True)

    def _is_past_trial(self, campaign_id: UUID) -> bool:
        campaign = self._owned.get(campaign_id)
        return campaign is None or campaign.served > 0

    def _start_all(self, found: Sequence[Taken]) -> None:
        """Run campaigns that were taken over. One line of the log has them all: of a storm there would be thousands."""
        metrics.taken.inc(len(found))
        for taken in found:
            self._start(taken)
        if found:
            late = max(taken.lateness for taken in found)
            epochs = {str(taken.id): taken.epoch for taken in found}
            log.info("campaigns_taken", campaigns=epochs, late_ms=round(1000 * late, 1))

    def _start(self, taken: Taken) -> None:
        known = self._owned.get(taken.id)
        if known is not None and known.taken.epoch >= taken.epoch:
            return
        if known is not None:
            self._drop(taken.id)
        if taken.first_start:
            metrics.lateness.observe(max(taken.lateness, 0))
        campaign = OwnedCampaign(taken)
        self._owned[taken.id] = campaign
        self._tasks[taken.id] = asyncio.create_task(self._process(campaign))

    def _drop(self, campaign_id: UUID) -> None:
        self._owned.pop(campaign_id, None)
        task = self._tasks.pop(campaign_id, None)
        if task is not None:
            task.cancel()

    async def _process(self, campaign: OwnedCampaign) -> None:
        campaign_id = campaign.taken.id
        fault.point("campaign.begun", campaign_id)
        ending = await self._keep_processing(campaign)
        log.info("campaign_left", campaign_id=str(campaign_id), epoch=campaign.taken.epoch, ending=ending)
        if self._owned.get(campaign_id) is campaign:
            self._owned.pop(campaign_id)
            self._tasks.pop(campaign_id)

    async def _keep_processing(self, campaign: OwnedCampaign) -> Ending:
        """Run a campaign through outages of the database; what else goes wrong has it tried again later."""
        while True:
            try:
                return await process_campaign(campaign, self._board)
            except Exception as error:  # one campaign's trouble is not the others'
                metrics.errors.labels("process_campaign").inc()
                if not is_outage(error):
                    log.exception("campaign_failed", campaign_id=str(campaign.taken.id))
                    return await self._try_later(campaign)
                log.warning("campaign_held_up", campaign_id=str(campaign.taken.id), error=type(error).__name__)
            campaign.contacts.clear()
            await asyncio.sleep(OUTAGE_PAUSE)

    async def _try_later(self, campaign: OwnedCampaign) -> Ending:
        try:
            await self._giving_back.try_later(campaign)
        except Exception:  # it stays this dialer's; with the next heartbeat that sees it, it is adopted and run again
            log.exception("campaign_not_given_back", campaign_id=str(campaign.taken.id))
        return Ending.LOST

    def _note(self, owned: Owned, asked_at: float) -> None:
        self._seen = owned, asked_at
        self._renewed.set()

    async def _keep_comparing(self) -> None:
        while True:
            await self._renewed.wait()
            self._renewed.clear()
            try:
                await self._compare(*self._seen)
            except Exception:  # around a tick: the next heartbeat compares again
                log.exception("comparing_failed")
                metrics.errors.labels("compare").inc()

    async def _compare(self, owned: Owned, asked_at: float) -> None:
        """Hold memory against the database: adopt what memory lacks, drop what was lost."""
        if self._leaving:
            return
        for campaign_id, campaign in list(self._owned.items()):
            if campaign.since < asked_at and owned.get(campaign_id) != campaign.taken.epoch:
                log.warning("campaign_lost", campaign_id=str(campaign_id), epoch=campaign.taken.epoch)
                self._drop(campaign_id)
        for campaign_id, epoch in owned.items():
            if campaign_id not in self._owned:
                await self._adopt(campaign_id, epoch)

    async def _adopt(self, campaign_id: UUID, epoch: int) -> None:
        try:
            found = await read_owned(self._engine, self._heartbeat.dialer_id, [campaign_id])
        except Exception as error:  # one campaign's trouble is not the others'
            if is_outage(error):
                raise
            log.exception("campaign_unreadable", campaign_id=str(campaign_id))
            await self._giving_back.give_back(campaign_id, epoch)
            return
        for taken in found:
            log.info("campaign_adopted", campaign_id=str(taken.id))
        self._start_all(found)


def _in_short(error: Exception) -> str:
    """What an error is, without what it says: that may hold what is in a row."""
    cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
    state = sqlstate(error) if isinstance(error, DBAPIError) else None
    return f"{type(cause).__name__}{f' (SQLSTATE {state})' if state else ''}; the dialer's log has the rest."
