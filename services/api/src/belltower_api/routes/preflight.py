"""What a campaign would do, without creating it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from belltower.db.call_limits import get_call_limits
from belltower.db.campaigns import get_creation_terms
from belltower.db.preflight import count_do_not_call, get_experience, get_limits
from belltower.db.wallet import get_wallet
from belltower.domain.calling_hours import NOBODY_KNOWS, CallingHours, said_opening
from belltower.domain.calling_window import CallingWindow
from belltower.domain.forecast import experience_or_assumption, forecast
from belltower.domain.money import Tariff
from belltower.outcomes import WINDOW_NEEDED
from belltower_api.create_campaign import caller_id_of, expiry_of, start_of
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.lists import listed
from belltower_api.problems import problems
from belltower_api.schemas.campaign_fields import CampaignPreflight
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers
from belltower_api.schemas.values import Currency, Instant, Money

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

_WAITS = 20
_LOOKED_AT = 20_000
"""Numbers whose time zones are looked up; a longer list is taken to be like its beginning."""


class SkippedContacts(BaseModel):
    """Contacts that will not be called, by the reason."""

    do_not_call: int = Field(examples=[3])
    unknown_time_zone: int = Field(
        description="Where calls keep to a calling window: numbers of which nobody knows what time it is there. Of more than"
        f" {_LOOKED_AT:,} contacts an estimate.",
        examples=[1],
    )
    window_never_opens: int = Field(
        description="Whose calling window does not open before expires_at, or within a year. An estimate like the other.",
        examples=[1],
    )


class WaitingContacts(BaseModel):
    """Contacts whose calling window opens after the start."""

    timezone: str = Field(
        description="IANA; of those who may be in several zones, the last in which it opens.",
        examples=["Europe/Berlin"],
    )
    contacts: int = Field(examples=[70])
    opens_at: Instant
    detail: str = Field(description="For a person.", examples=["opens at 08:00 in Berlin (CET)"])


class ContactsByWindow(BaseModel):
    """Who may be called when, by the calling windows. Of more contacts than are looked at an estimate."""

    at_start: int = Field(description="Contacts who may be called as it starts.", examples=[46])
    waiting: int = Field(description="Contacts who may be called later.", examples=[70])
    never: int = Field(
        description="Contacts who may not be called at all: unknown_time_zone and window_never_opens.", examples=[2]
    )
    waits: list[WaitingContacts] = Field(description=f"Those who wait, the first {_WAITS} openings.")


class CampaignForecast(BaseModel):
    """What a campaign would do. Each contact is taken to be rung once."""

    contacts: int = Field(description="Numbers on the list, each counted once.", examples=[120])
    will_be_called: int = Field(description="contacts without those that are skipped.", examples=[115])
    skipped: SkippedContacts
    rejected: RejectedNumbers
    duplicates: int = Field(description="Entries that named a number again; it is rung once.", examples=[1])
    warnings: list[MessageWarning] = Field(description="Placeholders of the message that not every contact can fill.")
    starts_at: Instant
    first_call_at: Instant | None = Field(
        description="When the first of them may ring, by the calling window; null when nobody may."
    )
    calling_window: ContactsByWindow | None = Field(
        description="Who may be called when it starts, and who waits until when; null: everybody may at any time."
    )
    estimated_duration: int = Field(description="Seconds from the first call to the end of the last.", examples=[270])
    estimated_cost: Money = Field(examples=["2.34"])
    based_on_calls: int = Field(
        description="Calls of this account, the latest, that the estimates are the average of; 0: every call is taken to be"
        " answered and to last a minute.",
        examples=[1000],
    )
    available: Money = Field(description="What the wallet has for new calls.", examples=["98.40"])
    covers_cost: bool = Field(description="Whether that is enough for estimated_cost.", examples=[True])
    can_be_created: bool = Field(
        description="Whether the balance reaches the minimum that creating a campaign takes.", examples=[True]
    )
    currency: Currency


@router.post("/preflight", summary="See what a campaign would do", responses=problems(400, 401, 403, 404, 413, 415))
async def preflight_campaign(fields: CampaignPreflight, res: Res, asker: Asker) -> CampaignForecast:
    """How many people would be called and how many not, when the first, for how long, and for how much. Nothing is written.

    What creating it would refuse is refused here, too, but for a balance that is too low, of which `can_be_created` tells, and
    a list on which no number can be rung: `contacts` is 0 then, and `rejected` says why.
    """
    async with listed(res, asker.account_id, fields, fields.welcome_message, may_be_nobody=True) as contacts:
        async with res.reader.connect() as connection:
            terms = await get_creation_terms(connection, asker.account_id)
            limits = await get_limits(connection, asker.account_id)
            do_not_call = await count_do_not_call(connection, asker.account_id, contacts.phones())
            experience = await get_experience(connection, asker.account_id)
            wallet = await get_wallet(connection, asker.account_id)
            pacing = await get_call_limits(connection, asker.account_id)
        contacted = len(contacts.contacts)
        looked_at = contacts.first_places(_LOOKED_AT)
    of_number = pacing.of(caller_id_of(fields, terms))
    scheduled = start_of(fields, terms.now)
    starts_at = scheduled.instant if scheduled else terms.now
    settings = res.settings
    expires_at = expiry_of(fields, starts_at)
    own = fields.calling_window
    window = None if own is None else CallingWindow.of(own.model_dump())
    judged = await asyncio.to_thread(_judge, limits.hours, window, looked_at, starts_at, expires_at)
    by_window = judged.scaled(contacted / max(len(looked_at), 1))
    unknown, closed = by_window.unknown, by_window.closed
    will_be_called = max(contacted - do_not_call - unknown - closed, 0)
    expected = forecast(
        will_be_called,
        experience_or_assumption(experience, Tariff(settings.rate_per_minute, settings.billing_increment)),
        concurrency=_least(fields.concurrency, limits.max_concurrent_calls, of_number.max_concurrent_calls)
        or fields.concurrency,
        calls_per_second=_least(fields.calls_per_second, limits.calls_per_second, of_number.calls_per_second),
    )
    return CampaignForecast(
        contacts=contacted,
        will_be_called=will_be_called,
        skipped=SkippedContacts(do_not_call=do_not_call, unknown_time_zone=unknown, window_never_opens=closed),
        rejected=contacts.rejected,
        duplicates=contacts.duplicates,
        warnings=contacts.warnings,
        starts_at=starts_at,
        first_call_at=by_window.first_call_at(starts_at) if will_be_called else None,
        calling_window=by_window.shown(starts_at) if limits.hours.window or window else None,
        estimated_duration=expected.duration,
        estimated_cost=expected.cost,
        based_on_calls=expected.based_on_calls,
        available=wallet.available,
        covers_cost=wallet.available >= expected.cost,
        can_be_created=wallet.balance >= settings.minimum_balance,
        currency=wallet.currency,
    )


def _least(*limits: int | None) -> int | None:
    """The one limit that counts; None: nothing is limited."""
    return min((limit for limit in limits if limit is not None), default=None)


@dataclass(slots=True)
class _Judged:
    """How many contacts may be called when."""

    at_start: int = 0
    unknown: int = 0
    """Nobody knows in which zone they are, and they may not be called."""
    closed: int = 0
    """Their window does not open in time."""
    waits: Counter[tuple[datetime, str]] = field(default_factory=Counter)
    """By when and where their window opens."""

    def scaled(self, by: float) -> "_Judged":
        """The same of a list that is so many times as long."""
        waits = Counter({wait: round(count * by) for wait, count in self.waits.items()})
        return _Judged(round(self.at_start * by), round(self.unknown * by), round(self.closed * by), waits)

    def first_call_at(self, starts_at: datetime) -> datetime | None:
        """When the first of them may be called; None when nobody may."""
        return starts_at if self.at_start else min((opens_at for opens_at, _ in self.waits), default=None)

    def shown(self, starts_at: datetime) -> ContactsByWindow:
        """What the answer says of it."""
        return ContactsByWindow(
            at_start=self.at_start,
            waiting=self.waits.total(),
            never=self.unknown + self.closed,
            waits=[
                WaitingContacts(
                    timezone=zone,
                    contacts=self.waits[opens_at, zone],
                    opens_at=opens_at,
                    detail=said_opening(opens_at, zone, starts_at),
                )
                for opens_at, zone in sorted(self.waits)[:_WAITS]
            ],
        )


def _judge(
    hours: CallingHours,
    window: CallingWindow | None,
    contacts: Sequence[tuple[str, str | None]],
    starts_at: datetime,
    expires_at: datetime | None,
) -> _Judged:
    """When these contacts may be called, at `starts_at` or later: decided once for each set of zones."""
    judged = _Judged()
    if hours.window is None and window is None:
        judged.at_start = len(contacts)
        return judged
    for place, count in Counter(hours.zones(*contact) for contact in contacts).items():
        decision = hours.decide_in(*place, window, now=starts_at, lasts=WINDOW_NEEDED)
        if decision.allowed:
            judged.at_start += count
        elif decision.reason == NOBODY_KNOWS:
            judged.unknown += count
        elif decision.opens_at is None or decision.zone is None or (expires_at and decision.opens_at >= expires_at):
            judged.closed += count
        else:
            judged.waits[decision.opens_at, decision.zone] += count
    return judged
