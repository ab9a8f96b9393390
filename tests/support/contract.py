"""What schemathesis, in a process of its own, is told about our API (`SCHEMATHESIS_HOOKS`)."""

import os
from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

OWN_KEY = "BELLTOWER_TEST_KEY_ID"
"""The variable with the id of the key that all is asked with."""
BEYOND_THE_SCHEMA = {
    "column_unexpected",
    "encoding_unexpected",
    "idempotency_key_reused",
    "insufficient_funds",
    "invalid_amount",
    "invalid_caller_id",
    "invalid_calling_window",
    "invalid_columns",
    "invalid_country",
    "invalid_cursor",
    "invalid_email",
    "invalid_exdate",
    "invalid_expires_at",
    "invalid_file",
    "invalid_instant",
    "invalid_message",
    "invalid_number",
    "invalid_retry_delays",
    "invalid_rrule",
    "invalid_scheduled_time",
    "invalid_span",
    "invalid_text",
    "invalid_timezone",
    "invalid_voice_agent",
    "invalid_wall_time",
    "message_too_long",
    "no_contact_left",
    "no_occurrence",
    "no_such_occurrence",
    "no_valid_number",
    "outside_calling_window",  # at some hours of the day
    "password_is_email",
    "precondition_failed",
    "precondition_required",
    "repeated",
    "replace_alone",
    "scheduled_time_in_past",
    "scheduled_time_missing",
    "scheduled_time_skipped",
    "scheduled_time_too_far",
    "scheduled_time_unexpected",
    "span_too_full",
    "timezone_disagrees",
    "too_short",  # text of nothing but spaces is empty
    "unsupported_media_type",
    "would_start",
}
"""Why data that its schema allows may be refused: rules that a schema cannot say."""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Keep requests apart from each other.

    Every valid `Idempotency-Key` is a new one: what was done once is not there again after it was deleted. And nobody revokes
    the key that all is asked with, or takes the number away that all campaigns show.
    """
    if case.path == "/api/caller" and isinstance(case.body, dict) and not str(case.body.get("caller_id") or "").strip():
        case.body["caller_id"] = "+14155550100"
    if case.path_parameters and case.path_parameters.get("key_id") == os.environ[OWN_KEY]:
        case.path_parameters["key_id"] = str(uuid4())
    if case.headers and "Idempotency-Key" in case.headers and case.meta and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = str(uuid4())


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Failure, case: schemathesis.Case[Any], response: schemathesis.Response
) -> bool:
    """Whether a failure counts."""
    return not (isinstance(failure, RejectedPositiveData) and _is_beyond_the_schema(response.json()))


def _is_beyond_the_schema(problem: dict[str, Any]) -> bool:
    # Whom to ring may come in any of three fields; null takes a field away that a campaign has to have.
    lacks = problem["errors"][0]["pointer"] if problem["code"] == "missing" else ""
    return (
        lacks.endswith("/phone_numbers")
        or lacks in ("/name", "/welcome_message")
        or problem["code"] in BEYOND_THE_SCHEMA
    )
