"""What a campaign would do, without creating it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from belltower.db.call_limits import get_call_limits
from belltower.db.campaigns import get_creation_terms
from belltower.db.preflight import count_do_not_call, get_experience, get_limits
from belltower.db.wallet import get_wallet
from belltower.domain.calling_window import CallingWindow, decide, zones_of
from belltower.domain.forecast import experience_or_assumption, forecast
from belltower.domain.money import Tariff
from belltower_api.create_campaign import caller_id_of, start_of
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.lists import listed
from belltower_api.problems import problems
from belltower_api.schemas.campaign_fields import CampaignPreflight
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers
from belltower_api.schemas.values import Currency, Instant, Money

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

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


class CampaignForecast(BaseModel):
    """What a campaign would do. Each contact is taken to be rung once."""

    contacts: int = Field(description="Numbers on the list, each counted once.", examples=[120])
    will_be_called: int = Field(description="contacts without those that are skipped.", examples=[116])
    skipped: SkippedContacts
    rejected: RejectedNumbers
    duplicates: int = Field(description="Entries that named a number again; it is rung once.", examples=[1])
    warnings: list[MessageWarning] = Field(description="Placeholders of the message that not every contact can fill.")
    starts_at: Instant
    first_call_at: Instant | None = Field(
        description="When the first of them may ring, by the calling window; null when nobody may."
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
        phones = contacts.first_phones(_LOOKED_AT)
    of_number = pacing.of(caller_id_of(fields, terms))
    scheduled = start_of(fields, terms.now)
    starts_at = scheduled.instant if scheduled else terms.now
    settings = res.settings
    placed = await asyncio.to_thread(_places, limits.window, phones, starts_at)
    unknown = round(placed.unknown * contacted / max(len(phones), 1))
    will_be_called = max(contacted - do_not_call - unknown, 0)
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
        skipped=SkippedContacts(do_not_call=do_not_call, unknown_time_zone=unknown),
        rejected=contacts.rejected,
        duplicates=contacts.duplicates,
        warnings=contacts.warnings,
        starts_at=starts_at,
        first_call_at=placed.first_call_at if will_be_called else None,
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


@dataclass(frozen=True, slots=True)
class _Places:
    """What the places of some numbers mean for their calls."""

    first_call_at: datetime | None
    """When the first of them may ring; None when nobody may."""
    unknown: int
    """How many are nobody knows where, and may not ring."""


def _places(window: CallingWindow | None, phones: Sequence[str], starts_at: datetime) -> _Places:
    """When these numbers may ring, at `starts_at` or later."""
    if window is None:
        return _Places(starts_at, unknown=0)
    places = Counter(map(zones_of, phones))
    decisions = [decide(window, zones, now=starts_at, until=starts_at + timedelta(seconds=1)) for zones in places]
    openings = [starts_at if decision.allowed else decision.opens_at for decision in decisions]
    return _Places(min((at for at in openings if at is not None), default=None), unknown=places[()])
