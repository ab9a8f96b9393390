"""A report of the carrier as it goes over the wire, for whoever sends many of them."""

from urllib.parse import urlencode
from uuid import UUID

from tests.support.processes import AUTH_TOKEN
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.telephony.twilio.addresses import CALLBACK_PATH

LIVE_CALLS = (
    "UPDATE campaigns SET status = 'processing', started_at = now() WHERE id = :id",
    "UPDATE contacts SET status = 'calling', next_attempt_at = NULL WHERE campaign_id = :id",
    """UPDATE campaign_progress SET contact_waiting = 0, contact_calling = contact_waiting WHERE campaign_id = :id""",
    """INSERT INTO attempts (id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, dialer,
           time_limit, ring_timeout, send_by, check_at, hold)
       SELECT gen_random_uuid(), account_id, campaign_id, contacts.id, 1, phone, caller_id, 'in_progress', 'simulated', 1,
           600, 30, now(), now() + interval '1 hour', 0.2
       FROM contacts JOIN campaigns ON campaigns.id = campaign_id WHERE campaign_id = :id""",
)
"""Statements after which everybody of a new campaign is on the telephone."""


def completed(origin: str, attempt: UUID, number: int) -> tuple[str, bytes, dict[str, str]]:
    """The report that a call was completed: its target, its body and its headers."""
    form = {"CallSid": f"CA{number:032x}", "CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "30"}
    target = f"{CALLBACK_PATH}?attempt={attempt}"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(origin + target, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return target, urlencode(form).encode(), headers
