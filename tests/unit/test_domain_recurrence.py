"""Which days a series calls on, and at which instants, against two oracles that know nothing of our code.

For the days it is dateutil. For the instants it is the question that is never in doubt, what clocks show at an instant: an
occurrence is the first minute at which they show its wall time or a later one.
"""

import contextlib
import datetime as datetime_module
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from types import FrameType, SimpleNamespace
from zoneinfo import ZoneInfo

import dateutil.rrule
import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tests.support.zones import ZONES

from belltower.domain.errors import Invalid
from belltower.domain.recurrence.occurrences import Occurrence, Recurrence, require_occurrence
from belltower.domain.recurrence.reading import MOST_EXDATES, read_exdate, read_rule, read_wall
from belltower.domain.recurrence.rule import DAYS, Frequency
from belltower.domain.recurrence.words import in_words
from belltower.domain.schedule import wall_at

SHOWN = 15


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def recurrence(rule: str, starts: str = "2030-05-17T09:30", zone: str = "UTC", **more: object) -> Recurrence:
    return Recurrence(read_rule(rule, zone), at(starts), zone, **more)  # type: ignore[arg-type]


def walls(found: Recurrence, number: int = SHOWN) -> list[datetime]:
    return [each.wall for each in islice(found.occurrences(), number)]


# ---- the days


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(Frequency))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 13))}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"BYMONTH={_some(draw, st.integers(1, 12))}")
    signed = st.integers(1, 31) | st.integers(-31, -1)
    has_days = False
    if frequency is not Frequency.WEEKLY and draw(st.integers(0, 2)) == 0:
        parts.append(f"BYMONTHDAY={_some(draw, signed)}")
        has_days = True
    if draw(st.booleans()):
        most = {Frequency.MONTHLY: 5, Frequency.YEARLY: 5}.get(frequency)  # dateutil breaks down beyond a year
        nth = st.just("")
        if most and draw(st.booleans()):
            nth = (st.integers(1, most) | st.integers(-most, -1)).map(str)
        parts.append(f"BYDAY={_some(draw, st.tuples(nth, st.sampled_from(DAYS)).map(''.join))}")
        has_days = True
    if has_days and draw(st.integers(0, 3)) == 0:
        parts.append(f"BYSETPOS={_some(draw, st.integers(1, 6) | st.integers(-6, -1))}")
    if draw(st.integers(0, 2)) == 0:
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    match draw(st.integers(0, 3)):
        case 0:
            parts.append(f"COUNT={draw(st.integers(1, 20))}")
        case 1:
            parts.append(f"UNTIL=20{draw(st.integers(28, 40))}0701T120000")
    return ";".join(parts)


def _some(draw: st.DrawFn, values: st.SearchStrategy[object]) -> str:
    return ",".join(map(str, draw(st.lists(values, min_size=1, max_size=4, unique=True))))


@pytest.fixture(scope="module")
def a_dateutil_that_ends() -> Iterator[None]:
    """dateutil would count to the year 9999 for a rule that matches no more day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dateutil.rrule, "datetime", SimpleNamespace(**{**vars(datetime_module), "MAXYEAR": 2045}))
        yield


def days_by_dateutil(rule: str, starts: datetime, until: datetime) -> list[datetime]:
    return list(islice((wall for wall in rrulestr(rule, dtstart=starts) if wall <= until), SHOWN))


@given(rules(), st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31)))  # noqa: DTZ001 - wall times
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("FREQ=YEARLY;BYDAY=20MO", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@example("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@example("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@example("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@example("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@example("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2030, 1, 1, 9))  # noqa: DTZ001
@pytest.mark.usefixtures("a_dateutil_that_ends")
def test_the_days_are_those_of_dateutil(rule: str, starts: datetime) -> None:
    read = read_rule(rule, "UTC")
    if read.frequency is Frequency.WEEKLY and read.positions:
        # Of a first week that began before, dateutil forgets the days that have passed; RFC 5545 counts the whole week.
        starts -= timedelta(days=(starts.weekday() - read.week_start) % 7)
    starts = starts.replace(microsecond=0)
    until = starts + timedelta(days=3650)
    found = [wall for wall in walls(Recurrence(read, starts, "UTC")) if wall <= until]
    assert found == days_by_dateutil(rule, starts, until)


@given(rules(), st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31)), st.integers(0, 1000))  # noqa: DTZ001
@settings(max_examples=50, deadline=None)
def test_from_wherever_one_looks_the_occurrences_are_the_same(rule: str, starts: datetime, days: int) -> None:
    found = Recurrence(read_rule(rule, "Europe/Berlin"), starts.replace(microsecond=0), "Europe/Berlin")
    after, end = found.starts + timedelta(days=days), found.starts + timedelta(days=days + 400)
    whole = [each for each in takewhile(lambda each: each.wall < end, found.occurrences()) if each.wall > after]
    assume(whole)  # else nothing may follow for ten years, and it depends on where one stands whether that is the end
    assert list(takewhile(lambda each: each.wall < end, found.occurrences(after=after))) == whole
    assert found.next_after(whole[0].instant - timedelta(seconds=1)) == whole[0]
    moment = whole[0].instant
    assert list(found.between(moment, whole[-1].instant)) == whole[:-1]


@given(rules(), st.integers(1, 8))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_rule_that_is_split_has_the_same_occurrences_in_two_parts(rule: str, index: int) -> None:
    found = recurrence(rule, exdates=frozenset({date(2030, 5, 18), date(2030, 6, 3)}))
    whole = list(islice(found.occurrences(), 40))
    assume(len(whole) > index)
    # Split where a period begins only, so that INTERVAL goes on in step: that is what the whole product does, too.
    here = whole[index].wall
    assume(found.rule.interval == 1 and not (found.rule.frequency is Frequency.WEEKLY and found.rule.positions))
    assume(found.rule.week_days or found.rule.month_days or found.rule.frequency is Frequency.DAILY)
    before, onwards = found.before(here), found.onwards(here)
    assert list(before.occurrences()) == whole[:index]
    assert list(islice(onwards.occurrences(), 40 - index)) == whole[index:]


def test_a_rule_written_out_is_the_same_rule() -> None:
    text = "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3;BYMONTHDAY=-1,15;BYDAY=-1FR,MO;BYSETPOS=1;WKST=SU;UNTIL=20311231T235959"
    assert str(
        read_rule(text, "UTC")
    ) == "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3;BYMONTHDAY=-1,15;BYDAY=-1FR,MO;BYSETPOS=1;" + (
        "WKST=SU;UNTIL=20311231T235959"
    )
    assert read_rule(str(read_rule(text, "UTC")), "UTC") == read_rule(text, "UTC")


# ---- the instants


@cache
def minutes_of(zone: str, day: date) -> tuple[list[datetime], list[datetime]]:
    """What clocks of a zone showed at the latest in every minute around a day, and the minutes."""
    place = ZoneInfo(zone)
    instant = datetime.combine(day, time(), UTC) - timedelta(hours=30)
    minutes = [instant + timedelta(minutes=index) for index in range(90 * 60)]
    latest, shown = instant.replace(tzinfo=None) - timedelta(days=2), []
    for minute in minutes:
        latest = max(latest, minute.astimezone(place).replace(tzinfo=None, fold=0))
        shown.append(latest)
    return shown, minutes


def first_instant(wall: datetime, zone: str) -> datetime:
    shown, minutes = minutes_of(zone, wall.date())
    return minutes[bisect_left(shown, wall)]


@cache
def changes(zone: str) -> list[datetime]:
    """The days of this zone's next two changes of clocks."""
    place, found = ZoneInfo(zone), list[datetime]()
    day = datetime(2026, 1, 3, tzinfo=UTC)
    while day.year < 2028 and len(found) < 2:
        if day.astimezone(place).utcoffset() != (day + timedelta(days=1)).astimezone(place).utcoffset():
            found.append(day)
        day += timedelta(days=1)
    return found


@pytest.mark.parametrize("part", range(8))
def test_in_every_zone_an_occurrence_is_the_first_minute_that_shows_its_wall_time_or_a_later_one(part: int) -> None:
    for number, zone in enumerate(ZONES[part::8]):
        for change in changes(zone) or [datetime(2026, 6, 1, tzinfo=UTC)]:
            for hour, minute in ((0, 0), (1, 30), (2, 30), (3, number % 60), (23, 59)):
                starts = datetime.combine(change.date() - timedelta(days=1), time(hour, minute))
                found = list(Recurrence(read_rule("FREQ=DAILY;COUNT=4", zone), starts, zone).occurrences())
                for each in found:
                    assert each.instant == first_instant(each.wall, zone), (zone, each)
                    assert each.actual_wall == wall_at(each.instant, ZoneInfo(zone))
                    assert each.is_moved == (each.actual_wall != each.wall)
                assert len(found) == 4


def test_no_instant_comes_twice_even_where_a_whole_day_is_skipped() -> None:
    """Samoa went from 29 to 31 December 2011."""
    found = list(recurrence("FREQ=DAILY;COUNT=4", "2011-12-28T00:00", "Pacific/Apia").occurrences())
    assert [each.wall.day for each in found] == [28, 29, 31]
    assert [each.is_moved for each in found] == [False] * 3
    noon = list(recurrence("FREQ=DAILY;COUNT=4", "2011-12-28T12:00", "Pacific/Apia").occurrences())
    assert [(each.wall.day, each.is_moved) for each in noon] == [(28, False), (29, False), (30, True), (31, False)]
    assert noon[2].actual_wall == at("2011-12-31T00:00")
    for series in (found, noon):
        assert all(one.instant < other.instant for one, other in pairwise(series))


def test_a_skipped_time_is_moved_to_the_next_that_exists_and_says_so() -> None:
    found = list(recurrence("FREQ=DAILY;COUNT=3", "2026-03-28T02:30", "Europe/Berlin").occurrences())
    assert found[1] == Occurrence(at("2026-03-29T02:30"), at("2026-03-29T01:00+00:00"), at("2026-03-29T03:00"))
    assert [each.is_moved for each in found] == [False, True, False]


def test_of_a_doubled_time_the_first_is_meant() -> None:
    found = list(recurrence("FREQ=DAILY;COUNT=3", "2026-10-24T02:30", "Europe/Berlin").occurrences())
    assert found[1].instant == at("2026-10-25T00:30+00:00")


def test_what_is_excluded_and_what_lies_beyond_the_end_is_no_occurrence() -> None:
    found = recurrence("FREQ=DAILY;COUNT=5", exdates=frozenset({date(2030, 5, 18)}), ends=at("2030-05-20T09:30"))
    assert [wall.day for wall in walls(found)] == [17, 19, 20]


# ---- hostile rules


@dataclass
class Counted:
    calls: int = 0


@contextlib.contextmanager
def counting() -> Iterator[Counted]:
    """How many calls of functions are made meanwhile: the work done, which no busy machine makes more."""
    counted = Counted()

    def count(frame: FrameType, event: str, argument: object) -> None:
        counted.calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield counted
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-31",
        "FREQ=YEARLY;INTERVAL=366;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000",
    ],
)
def test_a_rule_that_never_matches_ends_with_a_sentence_soon(rule: str) -> None:
    found = recurrence(rule, "2030-05-17T09:30")  # a Friday
    with counting() as counted, pytest.raises(Invalid, match="no occurrence in the ten years to come") as refusal:
        require_occurrence(found, now=at("2030-05-01T00:00+00:00"))
    assert counted.calls < 60_000
    assert refusal.value.code == "no_occurrence"


@pytest.mark.parametrize("rule", ["FREQ=DAILY;COUNT=1000", "FREQ=YEARLY;COUNT=1000", "FREQ=DAILY;INTERVAL=366"])
def test_a_rule_that_goes_on_for_ever_is_looked_at_as_far_as_it_is_asked_for(rule: str) -> None:
    found = recurrence(rule)
    with counting() as counted:
        assert found.next_after(at("2031-01-01T00:00+00:00")) is not None
        list(islice(found.occurrences(), 10_000))
    assert counted.calls < 400_000


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*DAYS, "FREQ=", "DAILY", ";", ",", "-", "1", "BYDAY="])).map("".join)
)
@settings(max_examples=200)
def test_whatever_is_written_it_is_a_rule_or_a_refusal(written: str) -> None:
    with contextlib.suppress(Invalid):
        list(islice(Recurrence(read_rule(written, "UTC"), at("2030-01-01T00:00"), "UTC").occurrences(), 3))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "no part of a rule"),
        ("BYDAY=MO", "FREQ is missing"),
        ("FREQ=HOURLY", "once a day at most"),
        ("FREQ=MINUTELY;INTERVAL=60", "once a day at most"),
        ("FREQ=SECONDLY", "once a day at most"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;BYHOUR=9", "'BYHOUR' is not taken here"),
        ("FREQ=DAILY;BYEASTER=1", "'BYEASTER' is not taken here"),
        ("FREQ=YEARLY;BYWEEKNO=20", "'BYWEEKNO' is not taken here"),
        ("FREQ=DAILY;X-FOO=1", "'X-FOO' is not taken here"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is 1 to 366"),
        ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL is one number"),
        ("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL is 1 to 366"),
        ("FREQ=DAILY;COUNT=0", "COUNT is 1 to 1,000"),
        ("FREQ=DAILY;COUNT=1001", "COUNT is 1 to 1,000"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20300101", "exclude each other"),
        ("FREQ=DAILY;UNTIL=2030-01-01", "UNTIL is a date"),
        ("FREQ=DAILY;UNTIL=20300231", "UNTIL is a date"),
        ("FREQ=WEEKLY;BYDAY=1MO", "needs FREQ=MONTHLY or YEARLY"),
        ("FREQ=MONTHLY;BYDAY=6MO", "1 to 5"),
        ("FREQ=MONTHLY;BYDAY=0MO", "1 to 5"),
        ("FREQ=MONTHLY;BYDAY=XX", "BYDAY is days such as"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "no meaning with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is 1 to 31"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH is 1 to 12"),
        ("FREQ=MONTHLY;BYSETPOS=1", "Send one of them, too"),
        ("FREQ=WEEKLY;WKST=XX", "WKST is one of"),
        ("FREQ=DAILY;" + "BYDAY=MO," * 100, "at most 500 characters"),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(rule: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_rule(rule, "UTC")
    assert said in str(refusal.value)
    assert (refusal.value.field, refusal.value.code) == ("rule/rrule", "invalid_rrule")


def test_until_is_a_day_a_wall_time_or_an_instant() -> None:
    assert [
        read_rule(f"FREQ=DAILY;UNTIL={text}", "America/New_York").until for text in ("20300601", "20300601T093000")
    ] == [
        at("2030-06-01T23:59:59"),
        at("2030-06-01T09:30"),
    ]
    assert read_rule("FREQ=DAILY;UNTIL=20300601T133000Z", "America/New_York").until == at("2030-06-01T09:30")
    assert [wall.day for wall in walls(recurrence("FREQ=DAILY;UNTIL=20300519T093000"))] == [17, 18, 19]


def test_exceptions_are_days_or_the_series_own_times() -> None:
    starts = at("2030-05-17T09:30")
    assert read_exdate("2030-05-20", starts) == read_exdate("2030-05-20T09:30", starts) == date(2030, 5, 20)
    for wrong in ("2030-05-20T10:00", "20.5.2030", "2030-05-20T09:30Z", "", "2030-13-01"):
        with pytest.raises(Invalid, match="is not a date") as refusal:
            read_exdate(wrong, starts)
        assert refusal.value.code == "invalid_exdate"
    assert MOST_EXDATES >= 366


@pytest.mark.parametrize(
    "text", ["2030-05-17", "2030-05-17T09:30Z", "2030-05-17T09:30+02:00", "now", "", "0001-01-01T00:00"]
)
def test_a_series_starts_at_a_wall_time(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_wall(text, "starts")
    assert (refusal.value.field, refusal.value.code) == ("rule/starts", "invalid_wall_time")
    assert read_wall("2030-05-17T09:30", "starts") == at("2030-05-17T09:30")


# ---- in words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day at 09:30"),
        ("FREQ=DAILY;INTERVAL=3", "every 3 days at 09:30"),
        ("FREQ=WEEKLY", "every Friday at 09:30"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 09:30"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 09:30"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday at 09:30"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday at 09:30"),
        ("FREQ=WEEKLY;BYDAY=SA;BYMONTH=6,7", "every Saturday in June and July at 09:30"),
        ("FREQ=MONTHLY", "every month on day 17 at 09:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on day 1 and day 15 at 09:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day at 09:30"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 09:30"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO,3MO", "every 3 months on the first Monday and the third Monday at 09:30"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "every month on every Friday that is day 13 at 09:30"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "every month on every weekday, only the last of these in each month at 09:30",
        ),
        ("FREQ=YEARLY", "every year on day 17 of May at 09:30"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on day 24 of December at 09:30"),
        ("FREQ=YEARLY;BYDAY=20MO", "every year on the 20th Monday at 09:30"),
    ],
)
def test_a_rule_is_said_in_words(rule: str, words: str) -> None:
    assert in_words(recurrence(rule, zone="Europe/Berlin")) == f"{words}, Europe/Berlin"


def test_what_ends_and_excludes_is_said_too() -> None:
    found = recurrence("FREQ=DAILY;COUNT=10", exdates=frozenset({date(2030, 5, 18)}), ends=at("2030-06-01T00:00"))
    assert in_words(found) == "every day at 09:30, UTC, 10 times, until 2030-06-01, except on 1 day"


@given(rules())
def test_every_rule_has_words(rule: str) -> None:
    assert in_words(recurrence(rule)).startswith("every ")
