"""The data of events that are no resource of their own."""

from pydantic import BaseModel, Field

from belltower_api.schemas.values import CampaignId

_DETAIL = "Not every change since then can be told. Load again what you show; what follows is told again."


class CampaignDeleted(BaseModel):
    """A campaign that is no more."""

    id: CampaignId


class Reset(BaseModel):
    """Too much has changed, or nobody knows what."""

    detail: str = Field(default=_DETAIL, examples=[_DETAIL])
