"""Calling windows, against an oracle that looks at every minute: in every zone there is, through changes of the clocks, past
midnight, over holidays, across zones."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.zones import ZONES

from belltower.domain.calling_window import DAYS, HORIZON, LONGEST, CallingWindow, Stretch, first_window, next_stretch

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOTHING = timedelta(0)
CHANGING = (
    "America/New_York",
    "America/St_Johns",
    "America/Havana",  # clocks change at midnight
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",  # by two hours
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # by half an hour
    "Europe/Berlin",
    "Europe/Dublin",  # "summer" is its standard time
    "Pacific/Apia",  # skipped a whole day in 2011
    "Pacific/Chatham",
    "UTC",
)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def window(*hours: tuple[Sequence[str], str, str], holidays: Sequence[str] = ()) -> CallingWindow:
    """A window as its document says it."""
    return CallingWindow.of(document(*hours, holidays=holidays))


def document(*hours: tuple[Sequence[str], str, str], holidays: Sequence[str] = ()) -> dict[str, Any]:
    """The document of a window."""
    told = [{"days": list(days), "start": start, "end": end} for days, start, end in hours]
    return {"hours": told, "holidays": list(holidays)}


def holds(told: dict[str, Any], zone: str, at: datetime) -> bool:
    """The oracle: whether the clock on the wall in a zone shows a time that the document holds, as a person would read it."""
    wall = at.astimezone(ZoneInfo(zone))
    today, now = wall.date(), f"{wall.hour:02d}:{wall.minute:02d}"
    if today.isoformat() in told["holidays"]:
        return False
    if told["hours"] is None:
        return True
    eve = today - DAY
    for each in told["hours"]:
        overnight = each["end"] <= each["start"]
        if DAYS[today.weekday()] in each["days"] and each["start"] <= now and (overnight or now < each["end"]):
            return True
        began = DAYS[eve.weekday()] in each["days"] and eve.isoformat() not in told["holidays"]
        if overnight and began and now < each["end"]:
            return True
    return False


@cache
def changes(zone: str, first: int, last: int) -> list[datetime]:
    """When the clocks of a zone changed in some years, to the minute."""
    where, at = ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC)
    found: list[datetime] = []
    while at.year <= last:
        if at.astimezone(where).utcoffset() != (at + DAY).astimezone(where).utcoffset():
            before = at.astimezone(where).utcoffset()
            minutes = (at + MINUTE * minute for minute in range(1, 1441))
            found.append(next(minute for minute in minutes if minute.astimezone(where).utcoffset() != before))
        at += DAY
    return found


def open_minutes(windows: Sequence[CallingWindow], zones: Sequence[str], since: datetime, until: datetime) -> set[int]:
    """Which minutes after an instant are open, by one stretch after another."""
    places = [ZoneInfo(zone) for zone in zones]
    found: set[int] = set()
    at = since
    while at < until:
        stretch = next_stretch(windows, places, now=at, lasts=NOTHING)
        if stretch is None or stretch.opens >= until:
            break
        closes = stretch.closes or until
        first = -(-(max(stretch.opens, at) - since) // MINUTE)
        found.update(range(first, min(-(-(closes - since) // MINUTE), (until - since) // MINUTE)))
        at = closes
    return found


def around(zone: str, first: int, last: int) -> Iterator[tuple[datetime, datetime]]:
    """Most of a day before and after each change of a zone's clocks; of a zone without changes around that of another."""
    for change in changes(zone, first, last) or [datetime(2026, 3, 29, 1, tzinfo=UTC)]:
        yield change - 20 * 60 * MINUTE, change + 20 * 60 * MINUTE


@pytest.mark.parametrize("letter", sorted({zone[0] for zone in ZONES}))
def test_in_every_zone_the_window_is_open_exactly_while_the_clock_on_the_wall_shows_its_hours(letter: str) -> None:
    """Around every change of clocks of a year, with hours that lie in gaps and folds, past midnight, and a holiday."""
    for zone in (zone for zone in ZONES if zone.startswith(letter)):
        for since, until in around(zone, 2026, 2026):
            holiday = (since + 20 * 60 * MINUTE).astimezone(ZoneInfo(zone)).date()
            told = document(
                (DAYS, "00:15", "00:45"), (WEEKDAYS, "01:30", "02:30"), (DAYS, "02:59", "03:01"),
                (["saturday", "sunday"], "08:00", "21:00"), (["saturday"], "22:00", "01:10"),
                holidays=[holiday.isoformat()] if since.day % 2 else [],
            )  # fmt: skip
            expected = {
                minute for minute in range((until - since) // MINUTE) if holds(told, zone, since + MINUTE * minute)
            }
            assert open_minutes([CallingWindow.of(told)], [zone], since, until) == expected, (zone, since)


walls = st.builds("{:02d}:{:02d}".format, st.integers(0, 4), st.sampled_from([0, 15, 30, 59])) | st.builds(
    "{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59)
)
some_hours = st.tuples(
    st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True) | st.just(list(DAYS)),
    walls,
    walls | st.just("24:00"),
)


@st.composite
def cases(draw: st.DrawFn, zones: int) -> tuple[dict[str, Any], list[str], datetime]:
    """A window, zones, and a minute that is often near a change of clocks there."""
    chosen = draw(st.lists(st.sampled_from(CHANGING), min_size=zones, max_size=zones, unique=True))
    near = draw(st.booleans()) and changes(chosen[0], 2010, 2027)
    if near:
        now = draw(st.sampled_from(near)) + MINUTE * draw(st.integers(-2000, 200))
    else:
        now = datetime(2011, 1, 1, tzinfo=UTC) + MINUTE * draw(st.integers(0, 60 * 24 * 365 * 15))
    days = draw(st.lists(st.integers(-1, 5), max_size=3))
    told = document(
        *draw(st.lists(some_hours, min_size=1, max_size=3)),
        holidays=sorted({(now + DAY * day).date().isoformat() for day in days}),
    )
    return told, chosen, now


@settings(max_examples=80)
@given(cases(1) | cases(2) | cases(3))
def test_the_first_stretch_is_the_one_that_minutes_tell(case: tuple[dict[str, Any], list[str], datetime]) -> None:
    told, zones, now = case
    stretch = next_stretch([CallingWindow.of(told)], map(ZoneInfo, zones), now=now, lasts=NOTHING)
    open_at = (
        now + MINUTE * minute
        for minute in range(9 * 24 * 60)
        if all(holds(told, zone, now + MINUTE * minute) for zone in zones)
    )
    first = next(open_at, None)
    if first is None:
        assert stretch is None or stretch.opens >= now + 9 * DAY
        return
    assert stretch is not None
    assert max(stretch.opens, now) == first
    if stretch.closes is not None:
        following = (stretch.closes - first) // MINUTE
        assert all(holds(told, zone, first + MINUTE * minute) for zone in zones for minute in range(following))
        assert not all(holds(told, zone, stretch.closes) for zone in zones)
    else:
        assert all(holds(told, zone, first + MINUTE * minute) for zone in zones for minute in range(0, 8 * 24 * 60, 7))


@settings(max_examples=40)
@given(cases(1), cases(1), st.integers(0, 180))
def test_two_windows_have_to_be_open_at_once_and_for_as_long_as_it_takes(
    one: tuple[dict[str, Any], list[str], datetime], other: tuple[dict[str, Any], list[str], datetime], lasts: int
) -> None:
    zone, now = one[1][0], one[2]
    windows = [CallingWindow.of(one[0]), CallingWindow.of(other[0])]
    stretch = next_stretch(windows, [ZoneInfo(zone)], now=now, lasts=MINUTE * lasts)
    run, expected = 0, None
    for minute in range(4 * 24 * 60):
        at = now + MINUTE * minute
        run = run + 1 if holds(one[0], zone, at) and holds(other[0], zone, at) else 0
        if run > lasts:
            expected = at - MINUTE * lasts
            break
    if expected is None:
        assert stretch is None or stretch.opens > now + 4 * DAY - MINUTE * (lasts + 1)
    else:
        assert stretch is not None
        assert max(stretch.opens, now) == expected


@given(cases(1), st.integers(0, 59))
def test_at_the_instant_at_which_it_opens_it_is_open(
    case: tuple[dict[str, Any], list[str], datetime], second: int
) -> None:
    told, zones, now = case
    now += timedelta(seconds=second, microseconds=17)
    places = [ZoneInfo(zone) for zone in zones]
    stretch = next_stretch([CallingWindow.of(told)], places, now=now, lasts=NOTHING)
    if stretch is not None and stretch.opens > now:
        assert stretch.opens.utcoffset() == timedelta(0)
        again = next_stretch([CallingWindow.of(told)], places, now=stretch.opens, lasts=NOTHING)
        assert again == stretch


@given(st.lists(some_hours, min_size=1, max_size=5), st.lists(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=4))
def test_a_window_is_read_as_it_was_written(hours: list[Any], holidays: list[date]) -> None:
    read = window(*hours, holidays=[day.isoformat() for day in holidays])
    assert CallingWindow.of(read.document()) == read


def opening(told: CallingWindow, zone: str, now: datetime) -> Stretch | None:
    """The next stretch in one zone."""
    return next_stretch([told], [ZoneInfo(zone)], now=now, lasts=NOTHING)


def test_the_start_belongs_to_the_window_and_the_end_does_not() -> None:
    usual = window((DAYS, "08:00", "21:00"))
    day = datetime(2030, 1, 15, tzinfo=UTC)
    assert opening(usual, "UTC", day + timedelta(hours=8)) == Stretch(
        day + timedelta(hours=8), day + timedelta(hours=21)
    )
    assert opening(usual, "UTC", day + timedelta(hours=21)) == Stretch(
        day + timedelta(hours=32), day + timedelta(hours=45)
    )


def test_where_clocks_skip_the_start_the_window_opens_with_the_change() -> None:
    found = opening(window((DAYS, "02:30", "12:00")), "America/New_York", datetime(2024, 3, 10, 6, tzinfo=UTC))
    assert found is not None
    assert found.opens == datetime(2024, 3, 10, 7, tzinfo=UTC)


def test_where_clocks_go_back_into_the_window_it_opens_again() -> None:
    now = datetime(2024, 11, 3, 5, 45, tzinfo=UTC)  # 01:45, before clocks go back from 02:00 to 01:00
    found = opening(window((DAYS, "00:30", "01:30")), "America/New_York", now)
    assert found == Stretch(datetime(2024, 11, 3, 6, tzinfo=UTC), datetime(2024, 11, 3, 6, 30, tzinfo=UTC))


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday = datetime(2030, 1, 18, 23, tzinfo=UTC)
    found = opening(window((["friday"], "22:00", "06:00")), "UTC", friday)
    assert found is not None
    assert found.closes == datetime(2030, 1, 19, 6, tzinfo=UTC)
    assert opening(window((["saturday"], "22:00", "06:00")), "UTC", friday + timedelta(hours=2)) == Stretch(
        datetime(2030, 1, 19, 22, tzinfo=UTC), datetime(2030, 1, 20, 6, tzinfo=UTC)
    )


def test_on_a_holiday_nothing_is_open_from_midnight_to_midnight() -> None:
    night = window((DAYS, "20:00", "04:00"), holidays=["2030-12-25"])
    eve = datetime(2030, 12, 24, 21, tzinfo=UTC)
    found = opening(night, "UTC", eve)
    assert found is not None
    assert found.closes == datetime(2030, 12, 25, tzinfo=UTC), "the evening before ends at midnight"
    assert opening(night, "UTC", datetime(2030, 12, 25, 2, tzinfo=UTC)) == Stretch(
        datetime(2030, 12, 26, 20, tzinfo=UTC), datetime(2030, 12, 27, 4, tzinfo=UTC)
    ), "the holiday's own evening does not begin, and so has no night"


def test_hours_that_touch_or_overlap_are_one() -> None:
    told = window(
        (DAYS, "08:00", "12:00"), (DAYS, "12:00", "17:00"), (DAYS, "16:00", "24:00"), (DAYS, "00:00", "01:00")
    )
    found = opening(told, "UTC", datetime(2030, 1, 15, 9, tzinfo=UTC))
    assert found is not None
    assert found.closes == datetime(2030, 1, 16, 1, tzinfo=UTC)


def test_a_window_without_hours_closes_on_holidays_only() -> None:
    told = CallingWindow.of({"hours": None, "holidays": ["2030-05-01"]})
    before = opening(told, "Europe/Berlin", datetime(2030, 4, 29, 12, tzinfo=UTC))
    assert before is not None
    assert before.closes == datetime(2030, 4, 30, 22, tzinfo=UTC)
    long_before = opening(told, "Europe/Berlin", datetime(2030, 3, 1, tzinfo=UTC))
    assert long_before is not None
    assert long_before.closes is None


def test_an_opening_is_found_behind_months_of_holidays_but_not_for_ever() -> None:
    now = datetime(2030, 1, 1, 12, tzinfo=UTC)
    days = [(now + DAY * day).date().isoformat() for day in range(300)]
    found = opening(window((["monday"], "09:00", "10:00"), holidays=days), "UTC", now)
    assert found is not None
    assert found.opens == datetime(2030, 10, 28, 9, tzinfo=UTC)
    always = [(now + DAY * day).date().isoformat() for day in range(-2, HORIZON.days + 2)]
    assert opening(window((DAYS, "09:00", "10:00"), holidays=always), "UTC", now) is None


def test_zones_whose_hours_never_meet_have_no_opening() -> None:
    morning = window((DAYS, "09:00", "11:00"))
    places = [ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")]
    assert next_stretch([morning], places, now=datetime(2030, 1, 1, tzinfo=UTC), lasts=NOTHING) is None


def test_a_stretch_that_does_not_end_is_not_followed_for_ever() -> None:
    found = opening(window((DAYS, "00:00", "24:00")), "Europe/Berlin", datetime(2030, 1, 1, tzinfo=UTC))
    assert found is not None
    assert found.closes is None
    assert timedelta(days=7) < LONGEST


def test_a_new_account_calls_at_any_time_only_where_nobody_is_called() -> None:
    assert first_window(is_simulated=True) is None
    live = first_window(is_simulated=False)
    assert live is not None
    assert live.document() == {"hours": [{"days": list(DAYS), "start": "08:00", "end": "21:00"}], "holidays": []}
