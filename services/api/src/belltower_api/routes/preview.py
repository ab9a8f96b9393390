"""What the contacts of a campaign would hear, without creating it."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from belltower.domain.message import read_message, values_of
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.lists import listed
from belltower_api.problems import problems
from belltower_api.schemas.campaign_fields import CampaignPreflight
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers

router = APIRouter(prefix="/api/campaigns", tags=["Campaigns"], route_class=AccountRoute, dependencies=AUTHENTICATED)


class RenderedMessage(BaseModel):
    """What one contact would hear."""

    phone: str = Field(description="E.164.", examples=["+14155550123"])
    name: str | None = Field(examples=["Ann"])
    message: str = Field(examples=["Hello Ann, see you at 10:00."])


class MessagePlaceholder(BaseModel):
    """A placeholder of the message."""

    name: str = Field(examples=["name"])
    fallback: str | None = Field(description="What those hear who have no value.", examples=["there"])


class RenderedMessages(BaseModel):
    """What the first contacts would hear."""

    items: list[RenderedMessage] = Field(description="Of the first ten contacts.")
    placeholders: list[MessagePlaceholder]
    warnings: list[MessageWarning] = Field(description="Placeholders that not every contact can fill, of all contacts.")
    rejected: RejectedNumbers


@router.post("/preview", summary="See what contacts would hear", responses=problems(400, 401, 403, 404, 413, 415))
async def preview_message(fields: CampaignPreflight, res: Res, asker: Asker) -> RenderedMessages:
    """The message as the first contacts would hear it, with their own values for its placeholders. Nothing is written."""
    message = read_message(fields.welcome_message)
    async with listed(res, asker.account_id, fields, fields.welcome_message, may_be_nobody=True) as contacts:
        return RenderedMessages(
            items=[
                RenderedMessage(
                    phone=contact.phone,
                    name=contact.name,
                    message=message.render(values_of(contact.phone, contact.name, contact.fields)),
                )
                for contact in contacts.sample
            ],
            placeholders=[
                MessagePlaceholder(name=placeholder.name, fallback=placeholder.fallback)
                for placeholder in dict.fromkeys(message.placeholders)
            ],
            warnings=contacts.warnings,
            rejected=contacts.rejected,
        )
