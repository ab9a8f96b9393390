"""Calling windows, against an oracle that looks at every minute: through changes of the clocks, past midnight, across zones."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belltower.domain.calling_window import CallingWindow, Decision, decide, zones_of

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(seconds=2)
HORIZON = timedelta(days=8)
USUAL = CallingWindow(time(8), time(21))
ZONES = (
    "UTC",
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
)


@cache
def changes(zone: str) -> list[datetime]:
    """When the clocks of a zone changed between 2011 and 2026, to the minute."""
    where, at = ZoneInfo(zone), datetime(2011, 1, 1, tzinfo=UTC)
    found: list[datetime] = []
    while at.year < 2027:
        following = at + timedelta(days=1)
        if at.astimezone(where).utcoffset() != following.astimezone(where).utcoffset():
            minutes = (at + MINUTE * minute for minute in range(1, 1441))
            before = at.astimezone(where).utcoffset()
            found.append(next(minute for minute in minutes if minute.astimezone(where).utcoffset() != before))
        at = following
    return found


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """Whole minutes, most of them near a change of the zone's clocks."""
    near_a_change = draw(st.booleans())
    if near_a_change and changes(zone):
        return draw(st.sampled_from(changes(zone))) + MINUTE * draw(st.integers(-2000, 200))
    return datetime(2011, 1, 1, tzinfo=UTC) + MINUTE * draw(st.integers(0, 60 * 24 * 365 * 15))


walls = st.builds(time, st.integers(0, 4), st.sampled_from([0, 15, 30, 59])) | st.builds(
    time, st.integers(0, 23), st.integers(0, 59)
)
windows = st.builds(CallingWindow, walls, walls)


def holds(window: CallingWindow, zones: Sequence[str], at: datetime) -> bool:
    """Whether every clock on these walls shows a time in the window."""
    for zone in zones:
        wall = at.astimezone(ZoneInfo(zone)).time()
        overnight = window.end <= window.start
        inside = wall >= window.start or wall < window.end if overnight else window.start <= wall < window.end
        if not inside:
            return False
    return True


def first_open_minute(window: CallingWindow, zones: Sequence[str], after: datetime) -> datetime | None:
    """The first minute after an instant at which the window is open, by looking at each."""
    at = after + MINUTE
    while at <= after + HORIZON:
        if holds(window, zones, at):
            return at
        at += MINUTE
    return None


@settings(max_examples=300)
@given(st.data(), windows, st.sampled_from(ZONES))
def test_a_number_may_ring_exactly_while_its_window_is_open(
    data: st.DataObject, window: CallingWindow, zone: str
) -> None:
    now = data.draw(instants(zone))
    decision = decide(window, [zone], now=now, until=now + MOMENT)
    assert decision.allowed == holds(window, [zone], now)


@settings(max_examples=150)
@given(st.data(), windows, st.sampled_from(ZONES))
def test_a_refused_number_may_ring_from_the_first_open_minute_on(
    data: st.DataObject, window: CallingWindow, zone: str
) -> None:
    now = data.draw(instants(zone))
    decision = decide(window, [zone], now=now, until=now + MOMENT)
    if not decision.allowed:
        assert decision.opens_at == first_open_minute(window, [zone], now)


@settings(max_examples=40)
@given(st.data(), windows, st.lists(st.sampled_from(ZONES), min_size=2, max_size=3, unique=True))
def test_in_several_possible_zones_it_must_be_open_in_all(
    data: st.DataObject, window: CallingWindow, zones: list[str]
) -> None:
    now = data.draw(instants(zones[0]))
    decision = decide(window, zones, now=now, until=now + MOMENT)
    assert decision.allowed == holds(window, zones, now)
    if decision.opens_at is not None:
        assert decision.opens_at == first_open_minute(window, zones, now)
    elif not decision.allowed:
        assert not any(holds(window, zones, now + MINUTE * minute) for minute in range(0, 3 * 24 * 60, 15))


@given(st.data(), windows, st.sampled_from(ZONES))
def test_what_is_refused_until_an_instant_is_let_through_at_it(
    data: st.DataObject, window: CallingWindow, zone: str
) -> None:
    now = data.draw(instants(zone)) + timedelta(seconds=data.draw(st.integers(0, 59)), microseconds=17)
    opens_at = decide(window, [zone], now=now, until=now + MOMENT).opens_at
    if opens_at is not None:
        assert opens_at > now
        assert opens_at.utcoffset() == timedelta(0)
        assert decide(window, [zone], now=opens_at, until=opens_at + MOMENT) == Decision(allowed=True)


def test_a_call_that_could_ring_after_the_end_is_refused() -> None:
    closes = datetime(2030, 1, 15, 20, tzinfo=UTC)
    window = CallingWindow(time(8), time(20))
    assert decide(window, ["UTC"], now=closes - MOMENT * 2, until=closes - MOMENT).allowed
    late = decide(window, ["UTC"], now=closes - MOMENT / 2, until=closes + MOMENT / 2)
    assert not late.allowed
    assert late.opens_at == datetime(2030, 1, 16, 8, tzinfo=UTC)


def test_the_start_belongs_to_the_window_and_the_end_does_not() -> None:
    assert USUAL.is_open(time(8))
    assert not USUAL.is_open(time(7, 59, 59, 999_999))
    assert USUAL.is_open(time(20, 59, 59, 999_999))
    assert not USUAL.is_open(time(21))


@pytest.mark.parametrize(
    ("wall", "is_open"), [(time(21), False), (time(22), True), (time(0), True), (time(5, 59), True), (time(6), False)]
)
def test_a_window_may_run_past_midnight(wall: time, is_open: bool) -> None:
    assert CallingWindow(time(22), time(6)).is_open(wall) == is_open


def test_where_clocks_skip_the_start_the_window_opens_with_the_change() -> None:
    now = datetime(2024, 3, 10, 6, tzinfo=UTC)
    decision = decide(CallingWindow(time(2, 30), time(12)), ["America/New_York"], now=now, until=now + MOMENT)
    assert decision.opens_at == datetime(2024, 3, 10, 7, tzinfo=UTC)


def test_where_clocks_go_back_into_the_window_it_opens_again() -> None:
    now = datetime(2024, 11, 3, 5, 45, tzinfo=UTC)  # 01:45, before clocks go back from 02:00 to 01:00
    decision = decide(CallingWindow(time(0, 30), time(1, 30)), ["America/New_York"], now=now, until=now + MOMENT)
    assert decision.opens_at == datetime(2024, 11, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "zones", [[], ["Etc/Nowhere"], ["America/New_York", "Mars/Base"], ["../UTC"], ["America"], [""]]
)
def test_an_unknown_zone_refuses_and_opens_never(zones: list[str]) -> None:
    noon = datetime(2030, 1, 15, 12, tzinfo=UTC)
    for window in (USUAL, CallingWindow(time(0), time(0))):
        decision = decide(window, zones, now=noon, until=noon + MOMENT)
        assert not decision.allowed
        assert decision.opens_at is None
        assert decision.reason is not None
        assert "time zone" in decision.reason


def test_without_a_window_everyone_may_ring() -> None:
    night = datetime(2030, 1, 15, 3, tzinfo=UTC)
    assert decide(None, [], now=night, until=night + MOMENT) == Decision(allowed=True)


@pytest.mark.parametrize(
    ("number", "zone"),
    [("+14155550123", "America/Los_Angeles"), ("+4930123456", "Europe/Berlin"), ("+61255501234", "Australia/Sydney")],
)
def test_a_number_tells_its_zone(number: str, zone: str) -> None:
    assert zone in zones_of(number)


@pytest.mark.parametrize("number", ["+87812345678", "+80012345678", "+97812345678"])
def test_a_number_of_no_country_has_no_zone(number: str) -> None:
    assert zones_of(number) == ()
