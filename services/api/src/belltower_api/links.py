"""OpenAPI links: which operations the id in an answer leads to."""

from typing import Any


def links(parameter: str, *operations: str) -> dict[str, Any]:
    """Links from an answer with an id to operations that take it."""
    return {
        operation: {"operationId": operation, "parameters": {parameter: "$response.body#/id"}}
        for operation in operations
    }


TO_CAMPAIGN = links(
    "campaign_id",
    "get_campaign",
    "list_campaign_calls",
    "list_campaign_events",
    "list_contacts",
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
