"""What is sent to change campaigns that there are, and what became of it."""

from copy import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from belltower.db.edits import Kept, ListChange
from belltower.domain.campaign import ContactStatus
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.campaign_fields import CampaignFields
from belltower_api.schemas.list_fields import MAX_LISTED, ContactLists, FirstErrors
from belltower_api.schemas.rejection import LISTED, MessageWarning, RejectedNumbers
from belltower_api.schemas.values import Name, Number, Request, models_in


class EditedCampaign(CampaignFields):
    """A campaign with its edit, before it is written: what could be sent to create it."""

    name: Name = Field(examples=["Delivery notice"])


class ContactsEdit(Request):
    """What changes in a campaign's list. Numbers are removed first, then others are added; `replace` stands alone."""

    add: ContactLists | None = Field(
        default=None,
        description="Whom to put at the end of the list. Whoever is on it stays as they are and is counted in `duplicates`.",
        examples=[{"phone_numbers": ["+14155550125"]}],
    )
    remove: Annotated[list[Number], *FirstErrors, Field(max_length=MAX_LISTED)] = Field(
        default=[],
        description="Whom to take off it. Who was never called is gone; who waits for another call has none, and is `skipped`."
        " Who is being called, or whose result is final, stays.",
        examples=[["+14155550124"]],
    )
    replace: ContactLists | None = Field(
        default=None,
        description="The whole list anew. Who was called before keeps their place and their result, on the new list or not.",
        examples=[{"import_id": "01976f5c-3c4d-7a02-8e5f-9b1c6d3e2f43"}],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.replace is not None and (self.add is not None or self.remove):
            raise PydanticCustomError("replace_alone", "has replace, which stands alone: leave add and remove out.")
        return self

    @property
    def list(self) -> ContactLists | None:
        """Whom it puts on the list."""
        return self.add if self.add is not None else self.replace


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    """A field as a patch has it: it may be missing, or null. Of an object a part may be sent; the whole is looked at then."""
    kind: Any = field.annotation
    if models_in(kind):
        kind = dict[str, Any]
    else:
        for constraint in field.metadata:
            kind = Annotated[kind, constraint]
    about = copy(field)
    about.annotation, about.metadata, about.default = None, [], None
    return Annotated[kind | None, about], None


if TYPE_CHECKING:
    _Fields = Request
else:
    _Fields = create_model(
        "_Fields", __base__=Request, **{name: _optional(field) for name, field in EditedCampaign.model_fields.items()}
    )


class CampaignEdit(_Fields):
    """A JSON merge patch (RFC 7396) of a campaign: what is to change. null: as in a new campaign.

    `contacts` is no part of the campaign itself; it says what changes in its list.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "welcome_message": "Hello {{name}}, your parcel comes on Friday.",
                    "scheduled_time": "2030-05-18T09:30:00",
                    "contacts": {"add": {"phone_numbers": ["+14155550125"]}, "remove": ["+14155550124"]},
                }
            ]
        }
    )

    contacts: ContactsEdit = Field(
        default=ContactsEdit(), description="What changes in its list.", examples=[{"remove": ["+14155550124"]}]
    )


class KeptNumber(BaseModel):
    """A number that was to be removed and was not."""

    phone: str = Field(description="E.164.", examples=["+14155550126"])
    code: Literal["not_listed", "being_called", "already_final"]
    reason: str = Field(description="As a sentence.", examples=["It is not on the list."])

    @classmethod
    def of(cls, kept: Kept) -> Self:
        match kept.status:
            case None:
                return cls(phone=kept.phone, code="not_listed", reason="It is not on the list.")
            case ContactStatus.CALLING:
                return cls(phone=kept.phone, code="being_called", reason="A call to it is under way.")
            case status:
                return cls(phone=kept.phone, code="already_final", reason=f"It is {status}, and that is final.")


class KeptNumbers(BaseModel):
    """What was to be removed and was not."""

    count: int = Field(examples=[1])
    items: list[KeptNumber] = Field(description=f"The first {LISTED}.")


class ListEdited(BaseModel):
    """What became of a campaign's list."""

    added: int = Field(examples=[3])
    removed: int = Field(description="Contacts that were never called; they are gone.", examples=[1])
    skipped: int = Field(
        description="Contacts that were called and waited for another call: they have none, and are `skipped`.",
        examples=[0],
    )
    kept: KeptNumbers

    @classmethod
    def of(cls, change: ListChange) -> Self:
        kept = KeptNumbers(count=len(change.kept), items=[KeptNumber.of(each) for each in change.kept[:LISTED]])
        return cls(added=change.added, removed=change.removed, skipped=change.skipped, kept=kept)


class CampaignEdited(Campaign):
    """A campaign that was edited, and what became of the edit."""

    changed: list[str] = Field(
        description="The fields that have another value now; empty: it was so before.", examples=[["welcome_message"]]
    )
    list_edited: ListEdited
    rejected: RejectedNumbers = Field(description="What was left out of the lists that were sent.")
    duplicates: int = Field(
        description="Entries that named a number again, or one that is on the list already.", examples=[1]
    )
    warnings: list[MessageWarning] = Field(
        description="Placeholders of the message that not every contact who is still to be called can fill."
    )
