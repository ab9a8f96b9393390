"""OpenAPI links: which operations the id in an answer leads to."""

from typing import Any


def links(parameter: str, *operations: str, at: str = "/id") -> dict[str, Any]:
    """Links from an answer with an id, which stands at a place (RFC 6901), to operations that take it."""
    return {
        operation: {"operationId": operation, "parameters": {parameter: f"$response.body#{at}"}}
        for operation in operations
    }


TO_CAMPAIGN = links(
    "campaign_id",
    "get_campaign",
    "list_campaign_calls",
    "list_campaign_events",
    "list_contacts",
    "list_rejected",
    "download_rejected",
    "get_campaign_stats",
    "download_results",
    "pause_campaign",
    "resume_campaign",
    "start_campaign",
    "cancel_campaign",
    "retry_campaign",
    "edit_campaign",
    "duplicate_campaign",
    "archive_campaign",
    "unarchive_campaign",
    "delete_campaign",
)
"""From a campaign that was created."""


def first_of(parameter: str, *operations: str, at: str = "id") -> dict[int | str, dict[str, Any]]:
    """The same from the first item of a collection, as a response of OpenAPI."""
    return {200: {"links": links(parameter, *operations, at=f"/items/0/{at}")}}
