"""The data of events that are no resource of their own."""

from uuid import UUID

from pydantic import BaseModel


class CampaignDeleted(BaseModel):
    """A campaign that is no more."""

    id: UUID


class Reset(BaseModel):
    """Too much has changed, or nobody knows what."""

    detail: str = "Not every change since then can be told. Load again what you show; what follows is told again."
