"""What is done with many campaigns at once, and what came of each."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.problem import Problem
from belltower_api.schemas.values import CampaignId, Request

MOST = 100
"""Campaigns in a request."""


class BulkAction(StrEnum):
    """What is done with each."""

    PAUSE = "pause"
    CANCEL = "cancel"
    RESUME = "resume"
    START = "start"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    DELETE = "delete"


class CampaignsBulk(Request):
    """What to do with which campaigns."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"action": "pause", "ids": ["01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b21"]}]}
    )

    action: BulkAction = Field(strict=False, examples=["pause"])
    ids: list[Annotated[UUID, Field(strict=False)]] = Field(
        min_length=1,
        max_length=MOST,
        description="Which campaigns; one that is named again is dealt with once.",
        examples=[["01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b21"]],
    )


class BulkResult(BaseModel):
    """What came of one campaign: what the operation for it alone answers."""

    id: CampaignId
    status: int = Field(description="The status code of that answer.", examples=[200])
    campaign: Campaign | None = Field(description="As it is now; null when it was refused or deleted.")
    dialling: int = Field(
        description="With 202: calls that passed the gate before, and whose requests may still reach the carrier.",
        examples=[0],
    )
    problem: Problem | None = Field(description="Why it was refused.", examples=[None])


class BulkResults(BaseModel):
    """What came of each campaign, in the order in which they were sent."""

    results: list[BulkResult]
    succeeded: int = Field(examples=[1])
    refused: int = Field(examples=[0])
