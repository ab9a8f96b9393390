"""What a call costs. Money is `Decimal` in the account's currency, kept to six places."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Tariff:
    """What talk costs: a rate per minute, charged for whole increments of `increment` seconds, the last one begun counts."""

    rate_per_minute: Decimal
    increment: int

    def cost(self, seconds: int) -> Decimal:
        """The price of a call that lasted `seconds`; nothing for one that was not answered (0)."""
        increments = (Decimal(max(seconds, 0)) / self.increment).to_integral_value(ROUND_UP)
        return (increments * self.increment * self.rate_per_minute / 60).quantize(PLACES, ROUND_HALF_UP)

    def hold(self, time_limit: int) -> Decimal:
        """What is set aside before a call rings: the price of one that lasts to its `time_limit` in seconds."""
        return self.cost(time_limit)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a call is paid for: `charge` leaves the wallet, `write_off` is what the wallet could not bear."""

    charge: Decimal
    write_off: Decimal


UNPAID = Settlement(charge=Decimal(0), write_off=Decimal(0))
"""Nothing was owed."""


def settle(cost: Decimal, *, hold: Decimal, available: Decimal) -> Settlement:
    """Charge a call's `cost` against its own `hold` and what else is `available` (at least 0 counts) in the wallet.

    A call that cost more than both is charged what there is; the rest is written off, so that no balance falls below
    zero and no callback fails.
    """
    charge = min(cost, hold + max(available, Decimal(0)))
    return Settlement(charge=charge, write_off=cost - charge)
