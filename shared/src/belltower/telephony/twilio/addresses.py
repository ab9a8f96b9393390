"""Where the carrier reports to (twilio.com/docs/usage/webhooks/webhooks-connection-overrides: the URL's fragment)."""

from uuid import UUID

CALLBACK_PATH = "/carrier/twilio/status"
"""Where the API takes the carrier's status callbacks."""
KEY_PRESS_PATH = "/carrier/twilio/keypress"
"""Where the API takes the keys that are pressed in calls."""
WHO_ANSWERED_PATH = "/carrier/twilio/answered"
"""Where the API takes what the carrier found out about who answered, while the call goes on."""
_CALLBACK_OVERRIDES = "ct=2000&rt=4000&rc=3&rp=all"
"""How the carrier delivers callbacks and keys: 2 s (ms here) to connect, 4 s to answer, 3 retries, after 4xx and 5xx too.

Without it only a failed connection is tried again, and a 5xx loses the event. All attempts together have 15 s, so an
answer may not take the default 15 s if retries are to have any.
"""


def callback_url(public_url: str, attempt_id: UUID) -> str:
    """The StatusCallback of an attempt. It carries our id, so that a report binds the call even if the answer was lost."""
    return url_for(public_url, CALLBACK_PATH, attempt_id)


def url_for(public_url: str, path: str, attempt_id: UUID) -> str:
    """Where the carrier reports something about an attempt: `path` says what."""
    return f"{public_url}{path}?attempt={attempt_id}#{_CALLBACK_OVERRIDES}"
