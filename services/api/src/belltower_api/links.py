"""OpenAPI links: which operations an answer leads to, and where in it the id is that they take."""

from typing import Any


def links(parameter: str, *operations: str, at: str = "/id") -> dict[str, Any]:
    """Links from an answer to operations that take the id at a JSON pointer in it."""
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
    "get_campaign_stats",
    "download_results",
    "retry_campaign",
    "delete_campaign",
)
"""From a campaign that was created."""
