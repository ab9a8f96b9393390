"""Test calls: one person hears the message before everybody does."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import calls, campaigns, contacts
from belltower.db.contacts import NewContacts
from belltower.db.preflight import get_limits
from belltower.db.wallet import get_wallet
from belltower.domain import phone, schedule
from belltower.domain.campaign import ContactStatus
from belltower.domain.errors import Invalid, NotFound
from belltower.domain.message import MAX_SPOKEN, read_message, spoken_length, values_of
from belltower.outcomes import WINDOW_NEEDED
from belltower_api.create_campaign import create, defined
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res, Resources
from belltower_api.idempotency import Kept
from belltower_api.links import links
from belltower_api.problems import problems
from belltower_api.schemas.call import Call
from belltower_api.schemas.campaign_fields import CampaignFields, Speech
from belltower_api.schemas.list_fields import DefaultCountry, Fields
from belltower_api.schemas.values import BlankIsAbsent, CampaignId, Instant, Name

router = APIRouter(prefix="/api/test-calls", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)

_NAME = "Test call"


class TestCallCreate(Speech):
    """Whom to ring, and what they hear."""

    __test__ = False  # pytest takes every Test... for one of its own

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"phone": "+14155550123", "welcome_message": "Hello {{name|there}}.", "name": "Ann"}]
        }
    )

    phone: str = Field(
        max_length=phone.MAX_LENGTH, description="E.164, or as it is written there.", examples=["+14155550123"]
    )
    default_country: DefaultCountry = Field(
        default=None,
        description="ISO 3166 alpha-2: where the number is at home if it is written without + and country code.",
        examples=["US"],
    )
    name: Annotated[Name | None, BlankIsAbsent] = Field(
        default=None, description="Whom to take them for.", examples=["Ann"]
    )
    fields: Fields = Field(default={}, description="For the placeholders of the message.", examples=[{"time": "10:00"}])
    timezone: Annotated[str | None, BlankIsAbsent] = Field(
        default=None,
        description="Where they are, as an IANA name; their number tells by default.",
        examples=["America/New_York"],
    )


class TestCall(BaseModel):
    """A test call, and what became of it."""

    __test__ = False

    id: CampaignId
    phone: str = Field(description="E.164.", examples=["+14155550123"])
    message: str = Field(description="What is said.", examples=["Hello Ann."])
    status: ContactStatus = Field(examples=["reached"])
    reason: str | None = Field(description="Why they were not rung, or not reached.", examples=[None])
    call: Call | None = Field(description="null: they have not been rung yet.")
    created_at: Instant

    @classmethod
    def of(cls, campaign: campaigns.Campaign, contact: contacts.Contact, call: Call | None) -> Self:
        return cls(
            id=campaign.id,
            phone=contact.phone,
            message=read_message(campaign.welcome_message).render(
                values_of(contact.phone, contact.name, contact.fields or {})
            ),
            status=ContactStatus(contact.status),
            reason=contact.reason,
            call=call,
            created_at=campaign.created_at,
        )


@router.post(
    "",
    summary="Ring one number for a test",
    status_code=201,
    responses={
        201: {"links": links("test_call_id", "get_test_call")},
        **problems(400, 401, 402, 403, 409, 413, 415, 422),
    },
)
async def create_test_call(test: TestCallCreate, res: Res, asker: Asker, response: Response, once: Kept) -> TestCall:
    """Ring one number at once with the message as it would be said to this contact. It costs what a call costs.

    Calling hours, the do-not-call list and the wallet count as in a campaign.
    """
    number = _number(test)
    message = read_message(test.welcome_message).render(values_of(number, test.name, test.fields))
    if spoken_length(message) > MAX_SPOKEN:
        raise Invalid(
            "fields", "message_too_long", f"With these values the message has more than {MAX_SPOKEN} characters."
        )
    timezone = _timezone(test)
    await _require_open_window(res, asker.account_id, number, timezone)
    fields = CampaignFields(
        welcome_message=test.welcome_message,
        language=test.language,
        voice=test.voice,
        caller_id=test.caller_id,
        concurrency=1,
    )

    async def listed(connection: AsyncConnection) -> NewContacts:
        return contact

    async def keep(connection: AsyncConnection, campaign: campaigns.Campaign) -> None:
        answer = TestCall.of(campaign, await _contact_of(connection, campaign), None)
        await once.keep(connection, answer, headers=_location(campaign.id))

    with NewContacts() as contact:
        contact.add_contact(number, test.name, test.fields, timezone)
        campaign = await create(res, asker, defined(fields, _NAME), fields, listed, keep, is_test=True)
    response.headers.update(_location(campaign.id))
    return await get_test_call(campaign.id, res, asker)


@router.get("/{test_call_id}", summary="Look at a test call", responses=problems(401, 404))
async def get_test_call(test_call_id: UUID, res: Res, asker: Asker) -> TestCall:
    """What was said to whom, and what became of the call so far."""
    async with res.reader.connect() as connection:
        campaign = await campaigns.get_campaign(connection, asker.account_id, test_call_id)
        if not campaign.is_test:
            raise NotFound("There is no test call with this id.")
        contact = await _contact_of(connection, campaign)
        page = await calls.get_calls(connection, asker.account_id, only=calls.Only(campaign_id=campaign.id), limit=1)
        currency = (await get_wallet(connection, asker.account_id)).currency
    return TestCall.of(campaign, contact, Call.of(page.items[0], currency) if page.items else None)


def _number(test: TestCallCreate) -> str:
    try:
        return phone.normalise(test.phone, test.default_country)
    except phone.NotDialable as reason:
        raise Invalid("phone", "invalid_number", f"phone cannot be rung: {reason}.") from None


def _timezone(test: TestCallCreate) -> str | None:
    return None if test.timezone is None else schedule.zone(test.timezone).key


async def _contact_of(connection: AsyncConnection, campaign: campaigns.Campaign) -> contacts.Contact:
    return (await contacts.get_contacts(connection, campaign.id, limit=1, total=1)).items[0]


async def _require_open_window(res: Resources, account_id: UUID, number: str, timezone: str | None) -> None:
    """A test that rings hours later would be none. Raises `Invalid`."""
    async with res.reader.connect() as connection:
        hours = (await get_limits(connection, account_id)).hours
        now = (await campaigns.get_creation_terms(connection, account_id)).now
    decision = hours.decide(number, timezone, now=now, lasts=WINDOW_NEEDED)
    if not decision.allowed:
        raise Invalid("phone", "outside_calling_window", f"This number cannot be rung now: {decision.reason}.")


def _location(test_call_id: UUID) -> dict[str, str]:
    return {"Location": f"/api/test-calls/{test_call_id}"}
