"""The live view: one look at the database for all who listen to this process, and a box for each of them.

While anybody listens, a follower asks what changed in the campaigns of all listening accounts, ten times a second while
something does and twice a second while nothing does, and puts their states into the listeners' boxes. A box holds the latest
state of a campaign only, so that whoever reads slowly gets fewer events instead of late ones, and holds up nobody. When nobody
listens, nothing is asked.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from prometheus_client import Gauge
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.changes import Change, Changes, Moment, get_changes, get_moment
from belltower.db.engine import is_outage
from belltower_api.errors import TooManyStreams
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.stream import CampaignDeleted, Reset

log = structlog.get_logger(__name__)

streams = Gauge("belltower_streams", "Streams of live events that are open.")

INTERVAL = 0.1
"""Seconds between two looks while something changes: a campaign has ten events a second at most."""
QUIET_INTERVAL = 0.5
"""Seconds between two looks after a while in which nothing changed."""
CALMING = 1.2
"""By what the time to the next look grows with each look that finds nothing."""
LISTENER_COST = 0.0001
"""Seconds to the next look for each listener who was told something: what they cost together has a bound."""
OUTAGE_INTERVAL = 2.0
"""Seconds between two looks while the database cannot be read."""
RESET_INTERVAL = 5.0
"""Seconds between two resets of a listener, who loads everything at each."""
MOST_CHANGES = 500
"""Campaigns that are read for an account at a look, or wait in a box. With more than that the listener starts anew."""
MOST_OF_ACCOUNT = 100
MOST_STREAMS = 2_000
"""Streams of an account, and of all, that this process serves at once."""

Frames = Mapping[UUID, bytes]
"""An event for each campaign that changed."""


def _frame(event: str, data: BaseModel) -> bytes:
    """An event without the empty line that ends it (HTML standard, 9.2.6). JSON on one line needs one `data` only."""
    return f"event: {event}\ndata: {data.model_dump_json()}\n".encode()


_RESET = _frame("reset", Reset())


class Listener:
    """The box of a listener: what it has not been sent yet."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._frames: dict[UUID, bytes] = {}
        self._is_reset = False
        self._rests_until = 0.0
        self._filled = asyncio.Event()
        self.is_closed = False

    def put(self, frames: Frames, moment: Moment) -> None:
        """Add what changed until `moment`."""
        for campaign_id, frame in frames.items():
            self._frames.pop(campaign_id, None)  # the latest stand last
            self._frames[campaign_id] = frame
        if len(self._frames) > MOST_CHANGES:
            self.reset(moment)
            return
        self._moment = moment
        if frames:
            self._wake()

    def reset(self, moment: Moment) -> None:
        """Have the listener load anew what it shows: too much has changed until `moment`."""
        self._moment = moment
        self._frames.clear()
        self._is_reset = True
        self._wake()

    def close(self) -> None:
        """Have the stream end when it has sent what is in the box."""
        self.is_closed = True
        self._filled.set()

    async def take(self, timeout: float) -> bytes:
        """What is in the box, as soon as something is; after `timeout` seconds a comment, so that both ends notice a dead line.

        The position is an `id` behind the last event: a stream that breaks before is resumed from the position before.
        """
        try:
            async with asyncio.timeout(timeout):
                await self._filled.wait()
        except TimeoutError:
            is_empty = not (self._frames or self._is_reset)
            return b":\n" + (self._position() if is_empty else b"\n")
        self._filled.clear()
        frames = list(self._frames.values())
        self._frames.clear()
        if self._is_reset:
            self._is_reset = False
            frames.insert(0, _RESET)
            self._rest()
        return b"\n".join(frames) + self._position()

    def _position(self) -> bytes:
        return f"id: {self._moment.position}\n\n".encode()

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        self._rests_until = loop.time() + RESET_INTERVAL
        loop.call_at(self._rests_until, self._filled.set)

    def _wake(self) -> None:
        if asyncio.get_running_loop().time() >= self._rests_until:
            self._filled.set()


class Live:
    """Everybody who listens to this process. `reader` is in autocommit."""

    def __init__(self, reader: AsyncEngine) -> None:
        self._reader = reader
        self._listeners: dict[Listener, UUID] = {}
        self._moment: Moment | None = None
        """Of the latest look; None while nobody follows."""
        self._follower: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        """Held from a look until the boxes are filled: no older state gets into a box after a newer one."""
        self._is_closed = False

    @asynccontextmanager
    async def listen(self, account_id: UUID, position: str | None) -> AsyncIterator[Listener]:
        """A listener to an account's changes, from now on or since `position`. Raises `TooManyStreams`."""
        async with self._looking:
            self._admit(account_id)
            listener = Listener(await self._follow())
            if position is not None:
                await self._catch_up(listener, account_id, position)
            self._listeners[listener] = account_id
        if self._is_closed:
            listener.close()
        streams.inc()
        try:
            yield listener
        finally:
            streams.dec()
            del self._listeners[listener]

    def close(self) -> None:
        """End all streams, those that are still to begin, too: the process ends."""
        self._is_closed = True
        if self._follower is not None:
            self._follower.cancel()
        for listener in self._listeners:
            listener.close()

    def _admit(self, account_id: UUID) -> None:
        if len(self._listeners) >= MOST_STREAMS:
            raise TooManyStreams("This server has as many streams open as it takes. Try again in a few seconds.")
        if list(self._listeners.values()).count(account_id) >= MOST_OF_ACCOUNT:
            raise TooManyStreams(
                f"The account has {MOST_OF_ACCOUNT} streams open, as many as it may have. Close one, then try again."
            )

    async def _follow(self) -> Moment:
        """Start the follower unless it runs; the moment from which on it follows."""
        if self._moment is None:
            async with self._reader.connect() as connection:
                self._moment = await get_moment(connection)
            self._follower = asyncio.create_task(self._keep_looking())
        return self._moment

    async def _catch_up(self, listener: Listener, account_id: UUID, position: str) -> None:
        """Tell a listener what changed since a position; to start anew when nobody can know."""
        since = Moment.at(position)
        if since is not None:
            changes = await self._look([account_id], since)
            if changes.moment.follows(since):
                self._deliver(changes, {listener: account_id})
                return
        listener.reset(await self._follow())

    async def _keep_looking(self) -> None:
        """Look until nobody listens any more."""
        structlog.contextvars.unbind_contextvars("request_id")  # of the first who listened
        pause = INTERVAL
        while True:
            await asyncio.sleep(pause)
            async with self._looking:
                if self._moment is None or not self._listeners:
                    self._moment = None
                    return
                pause = await self._look_again(self._moment, pause)

    async def _look_again(self, since: Moment, pause: float) -> float:
        """Tell everybody what changed since the look before, which was `pause` seconds ago; how long to pause now."""
        told = 0
        try:
            changes = await self._look(set(self._listeners.values()), since)
            if changes.moment.follows(since):
                told = self._deliver(changes, self._listeners)
            else:
                for listener in self._listeners:
                    listener.reset(changes.moment)
        except Exception as error:  # those who listen go on doing so, and get it all when it works again
            if is_outage(error):
                log.warning("live_view_waits", error=f"{type(error).__name__}: {error}"[:300])
            else:
                log.exception("live_view_failed")
            return OUTAGE_INTERVAL
        self._moment = changes.moment
        if told:
            return max(INTERVAL, told * LISTENER_COST)
        return min(pause * CALMING, QUIET_INTERVAL)

    async def _look(self, account_ids: Collection[UUID], since: Moment) -> Changes:
        async with self._reader.connect() as connection:
            return await get_changes(connection, account_ids, since, most=MOST_CHANGES + 1)

    def _deliver(self, changes: Changes, listeners: Mapping[Listener, UUID]) -> int:
        """Put what changed into the boxes of those whom it concerns; how many they are. An event is written once for all."""
        by_account: dict[UUID, list[Change]] = defaultdict(list)
        for change in changes.items:
            by_account[change.account_id].append(change)
        crowded = {account_id for account_id, found in by_account.items() if len(found) > MOST_CHANGES}
        frames = {
            account_id: {change.campaign.id: _event(change) for change in items}
            for account_id, items in by_account.items()
            if account_id not in crowded
        }
        told = 0
        for listener, account_id in listeners.items():
            if account_id in crowded:
                listener.reset(changes.moment)
            else:
                listener.put(frames.get(account_id, {}), changes.moment)
            told += account_id in by_account
        return told


def _event(change: Change) -> bytes:
    if change.is_deleted:
        return _frame("campaign_deleted", CampaignDeleted(id=change.campaign.id))
    return _frame("campaign", Campaign.of(change.campaign, change.progress))
