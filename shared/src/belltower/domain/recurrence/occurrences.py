"""The moments at which a series calls.

Occurrences are wall times first, at most one a day and all at the same time of day, and instants then. Where clocks skip a
wall time its occurrence comes at the moment of the change, the next time that exists; of a doubled one the first is meant.
Both are `instant_of`. Where clocks skip a whole day two wall times may be one instant, and then are one occurrence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice, takewhile

from belltower.domain.errors import Invalid
from belltower.domain.recurrence.days import days_of
from belltower.domain.recurrence.rule import Rule
from belltower.domain.schedule import instant_of, wall_at, zone


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which a series calls."""

    wall: datetime
    """The wall time by the rule: what the occurrence is known by, whatever becomes of the zone's clocks."""
    instant: datetime
    """Aware, UTC."""
    actual_wall: datetime
    """What clocks show then: another time than `wall` where they skip that."""

    @property
    def is_moved(self) -> bool:
        """Whether clocks skip the rule's own time."""
        return self.actual_wall != self.wall


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a series calls."""

    rule: Rule
    starts: datetime
    """The wall time from which the rule counts. It is an occurrence if the rule matches it."""
    timezone: str
    exdates: frozenset[date] = frozenset()
    """Days on which the rule does not hold."""
    ends: datetime | None = None
    """A wall time, the last that may be; None: as the rule says."""
    where: tzinfo = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", zone(self.timezone))

    def occurrences(self, *, after: datetime | None = None) -> Iterator[Occurrence]:
        """The occurrences whose wall times follow `after`, as long as one follows another within ten years."""
        held: Occurrence | None = None
        # From a few days before on, so that an occurrence that another one swallows is the same wherever one begins.
        begin = None if after is None else after - timedelta(days=3)
        for wall in self._walls(begin):
            found = self._at(wall)
            if held is not None and held.instant < found.instant and (after is None or held.wall > after):
                yield held
            held = found
        if held is not None and (after is None or held.wall > after):
            yield held

    def onwards_from(self, instant: datetime) -> Iterator[Occurrence]:
        """The occurrences at an instant or later."""
        day_before = wall_at(instant, self.where) - timedelta(days=2)
        return (each for each in self.occurrences(after=day_before) if each.instant >= instant)

    def next_after(self, instant: datetime) -> Occurrence | None:
        """The first occurrence after an instant."""
        return next((each for each in self.onwards_from(instant) if each.instant > instant), None)

    def between(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        """The occurrences from an instant on and before another."""
        return takewhile(lambda each: each.instant < end, self.onwards_from(start))

    def find(self, instant: datetime) -> Occurrence | None:
        """The occurrence at an instant."""
        return next(self.between(instant, instant + timedelta(microseconds=1)), None)

    def before(self, wall: datetime) -> "Recurrence":
        """The same until a wall time, which is no part of it."""
        return replace(self, ends=wall - timedelta(seconds=1))

    def onwards(self, wall: datetime) -> "Recurrence":
        """The same from the occurrence at a wall time on: what COUNT has left for it."""
        rule = self.rule
        if rule.count is not None:
            gone = sum(1 for each in self._days(None) if each < wall.date())
            rule = replace(rule, count=rule.count - gone)
        return replace(self, rule=rule, starts=wall, exdates=frozenset(d for d in self.exdates if d >= wall.date()))

    def _at(self, wall: datetime) -> Occurrence:
        instant = instant_of(wall, self.where)
        return Occurrence(wall, instant, wall_at(instant, self.where))

    def _walls(self, begin: datetime | None) -> Iterator[datetime]:
        last = min((end for end in (self.rule.until, self.ends) if end is not None), default=datetime.max)  # noqa: DTZ901 - a wall time
        for day in self._days(None if begin is None else begin.date()):
            wall = datetime.combine(day, self.starts.time())
            if wall > last:
                return
            if day not in self.exdates and (begin is None or wall >= begin):
                yield wall

    def _days(self, begin: date | None) -> Iterator[date]:
        """The days of the rule from `begin` on, without regard to what ends or excludes them but for COUNT."""
        first = self.starts.date()
        if self.rule.count is not None:
            begin = None  # it is counted from the first
        elif begin is not None and begin <= first:
            begin = None
        seek = first if begin is None else begin
        found = (day for day in days_of(self.rule, first, seek) if day >= seek)
        yield from islice(found, self.rule.count)


def require_occurrence(recurrence: Recurrence, *, now: datetime) -> Occurrence:
    """The next occurrence. Raises `Invalid` where there is none."""
    found = recurrence.next_after(now)
    if found is None:
        raise Invalid(
            "rule/rrule",
            "no_occurrence",
            "The rule has no occurrence in the ten years to come. Change the rule, its start or its end.",
        )
    return found
