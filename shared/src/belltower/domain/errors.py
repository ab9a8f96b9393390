"""What can go wrong, in the domain's words. Each message is a sentence for the person who has to act on it."""

from decimal import Decimal


class BelltowerError(Exception):
    """The base of everything that Belltower raises on purpose; `str()` is the sentence."""


class Invalid(BelltowerError):
    """A value that cannot be accepted. `field` names it; `code` is stable, for programs."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class NotFound(BelltowerError):
    """There is no such thing, or it belongs to somebody else (nobody may learn which)."""


class IllegalTransition(BelltowerError):
    """The status of a campaign, or of what else there is, does not allow this."""


class AlreadyDecided(BelltowerError):
    """Somebody has decided this before, and a decision is made once."""


class LimitReached(BelltowerError):
    """The account has as many of these as it may have."""


class AdministratorExists(BelltowerError):
    """The first administrator has been there before."""


class TooManyAttempts(BelltowerError):
    """Too many attempts to sign in; the next is looked at in `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InsufficientFunds(BelltowerError):
    """The wallet holds less than it must. Amounts are in the account's currency."""

    def __init__(self, message: str, *, balance: Decimal, minimum: Decimal, currency: str) -> None:
        super().__init__(message)
        self.balance = balance
        self.minimum = minimum
        self.currency = currency
