"""What a recurrence rule consists of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Frequency(StrEnum):
    """How long the periods of a rule are. Shorter ones than a day are refused: people are not rung every hour."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule that was read. Its parts are sorted; those that were not given are empty."""

    frequency: Frequency
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    """1 to 31; from the month's end -1 to -31."""
    week_days: tuple[tuple[int, int], ...] = ()
    """(which one in its month or year, 0: each; day of the week, 0: Monday)."""
    positions: tuple[int, ...] = ()
    """Which days of a period's; from its end negative."""
    week_start: int = 0
    count: int | None = None
    until: datetime | None = None
    """A wall time, the last that may be."""

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it; `until` stays a wall time."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name, values in (("BYMONTH", self.months), ("BYMONTHDAY", self.month_days)):
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
        if self.week_days:
            parts.append(f"BYDAY={','.join(f'{nth or str()}{DAYS[day]}' for nth, day in self.week_days)}")
        if self.positions:
            parts.append(f"BYSETPOS={','.join(map(str, self.positions))}")
        if self.week_start:
            parts.append(f"WKST={DAYS[self.week_start]}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%dT%H%M%S}")
        return ";".join(parts)
