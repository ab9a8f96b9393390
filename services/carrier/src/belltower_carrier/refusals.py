"""What the carrier refuses, in Twilio's words (twilio.com/docs/api/errors)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One of Twilio's errors; `message` has places for what it is about."""

    http_status: int
    code: int
    message: str


UNAUTHENTICATED = Kind(401, 20003, "Authenticate")
NOT_FOUND = Kind(404, 20404, "The requested resource {what} was not found")
TOO_MANY = Kind(429, 20429, "Too Many Requests")
INTERNAL_ERROR = Kind(500, 20500, "An internal server error has occurred")
BAD_PARAMETER = Kind(400, 20001, "{problem}")
NO_TO = Kind(400, 21201, "No 'To' number is specified")
NO_TWIML = Kind(400, 21205, "Send Twiml: the simulated carrier fetches no Url")
BAD_CALLBACK = Kind(400, 21609, "Invalid 'StatusCallback' URL: {url}")
FROM_NOT_VERIFIED = Kind(400, 21210, "The source phone number provided, {number}, is not yet verified for your account")
INVALID_TO = Kind(400, 21211, "The phone number you are attempting to call, {to}, is not valid")
INVALID_FROM = Kind(400, 21212, "The source phone number provided, {number}, is not valid")
NO_FROM = Kind(400, 21213, "No 'From' number is specified")
UNREACHABLE = Kind(400, 21214, "The phone number {number} cannot be reached")
NO_PERMISSION = Kind(400, 21215, "Your account is not authorized to call {number}: geographic permission")
BLOCKED = Kind(400, 21216, "Your account is not allowed to call {number}")
NO_NUMBER = Kind(400, 21217, "The phone number {number} does not appear to be valid")
CANNOT_CHANGE = Kind(400, 21220, "Call is not in a state that can be changed: {status}")

TEST_FROM = {"+15005550006": None, "+15005550001": INVALID_FROM}
"""Twilio's test numbers to call from; all others that begin with +1500555 are not verified."""

TEST_TO = {
    "+15005550001": NO_NUMBER,
    "+15005550002": UNREACHABLE,
    "+15005550003": NO_PERMISSION,
    "+15005550004": BLOCKED,
}
"""Twilio's test numbers to call: all refused for good."""


class Refusal(Exception):
    """A request that is not done."""

    def __init__(self, kind: Kind, **about: str) -> None:
        self.kind = kind
        self.message = kind.message.format(**about)
        super().__init__(self.message)

    def body(self) -> dict[str, object]:
        """The answer's JSON, in Twilio's form."""
        return {
            "code": self.kind.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.kind.code}",
            "status": self.kind.http_status,
        }
