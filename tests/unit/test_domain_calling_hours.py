"""Whether a number may ring: whose clocks count, and what is said to people and kept with the call."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.calling_hours import NOBODY_KNOWS, CallingHours, Decision, Source, zones_of
from belltower.domain.calling_window import DAYS, USUAL, CallingWindow
from belltower.domain.zones import find_zone, read_zone_name

BERLIN, SATELLITE, ANN = "+4930123456", "+87812345678", "+14155550123"
NIGHT = datetime(2030, 1, 15, 3, 20, tzinfo=UTC)
"""04:20 in Berlin, 19:20 the day before in San Francisco."""
MINUTE = timedelta(minutes=1)


def test_without_a_window_everyone_may_ring_and_nothing_is_kept() -> None:
    decision = CallingHours(None).decide(SATELLITE, None, now=NIGHT)
    assert decision == Decision(allowed=True)
    assert decision.record(NIGHT) is None


def test_the_number_tells_the_zone() -> None:
    hours = CallingHours(USUAL)
    refused = hours.decide(BERLIN, None, now=NIGHT)
    assert not refused.allowed
    assert (refused.opens_at, refused.zone) == (datetime(2030, 1, 15, 7, tzinfo=UTC), "Europe/Berlin")
    assert refused.reason == "outside the calling window: opens at 08:00 in Berlin (CET)"
    assert hours.decide(ANN, None, now=NIGHT).allowed


def test_what_the_list_says_goes_before_the_number() -> None:
    hours = CallingHours(USUAL)
    assert hours.decide(BERLIN, "America/Los_Angeles", now=NIGHT).allowed
    refused = hours.decide(ANN, "Asia/Kolkata", now=NIGHT - timedelta(hours=3))
    assert refused.reason == "outside the calling window: opens at 08:00 in Kolkata (IST)"


def test_an_opening_on_another_day_names_it() -> None:
    late = datetime(2030, 1, 18, 21, tzinfo=UTC)  # a Friday, 22:00 in Berlin
    weekdays = CallingHours(CallingWindow.of({"hours": [{"days": DAYS[:5], "start": "08:00", "end": "21:00"}]}))
    reason = weekdays.decide(BERLIN, None, now=late).reason
    assert reason == "outside the calling window: opens on Monday, 21 January, at 08:00 in Berlin (CET)"


def test_of_several_zones_it_waits_for_the_last_to_open() -> None:
    hours = CallingHours(USUAL)
    zones = ("America/New_York", "America/Los_Angeles")
    refused = hours.decide_in(zones, Source.NUMBER, now=datetime(2030, 1, 15, 14, tzinfo=UTC))  # 09:00 and 06:00
    assert (refused.opens_at, refused.zone) == (datetime(2030, 1, 15, 16, tzinfo=UTC), "America/Los_Angeles")


@pytest.mark.parametrize(
    ("unknown_zone", "allowed", "reason"),
    [
        ("closed", False, NOBODY_KNOWS),
        ("open", True, None),
        ("America/Los_Angeles", True, None),
        ("Europe/Berlin", False, "outside the calling window: opens at 08:00 in Berlin (CET)"),
    ],
)
def test_of_numbers_that_tell_no_zone_the_account_decides(unknown_zone: str, allowed: bool, reason: str | None) -> None:
    decision = CallingHours(USUAL, unknown_zone).decide(SATELLITE, None, now=NIGHT)
    assert (decision.allowed, decision.reason) == (allowed, reason)


@pytest.mark.parametrize("zone", ["Etc/Nowhere", "Mars/Base", "../UTC", "America", "", "localtime"])
def test_a_zone_that_does_not_exist_is_unknown_and_opens_never(zone: str) -> None:
    noon = datetime(2030, 1, 15, 12, tzinfo=UTC)
    decision = CallingHours(USUAL, "UTC").decide_in((zone, "UTC"), Source.CONTACT, now=noon)
    assert decision == Decision(allowed=False, reason=NOBODY_KNOWS)


def test_a_campaigns_window_narrows_the_accounts_and_never_widens_it() -> None:
    early = CallingWindow.of({"hours": [{"days": DAYS, "start": "04:00", "end": "10:00"}]})
    hours = CallingHours(USUAL)
    assert hours.decide(BERLIN, None, early, now=NIGHT).opens_at == datetime(2030, 1, 15, 7, tzinfo=UTC)
    eleven = datetime(2030, 1, 15, 10, tzinfo=UTC)
    assert hours.decide(BERLIN, None, now=eleven).allowed
    assert hours.decide(BERLIN, None, early, now=eleven).opens_at == datetime(2030, 1, 16, 7, tzinfo=UTC)
    assert not CallingHours(None).decide(SATELLITE, None, early, now=NIGHT).allowed, "unknown is closed with any window"


def test_a_call_that_could_ring_after_the_end_is_refused() -> None:
    closes = datetime(2030, 1, 15, 20, tzinfo=UTC)  # 21:00 in Berlin
    hours = CallingHours(USUAL)
    assert hours.decide(BERLIN, None, now=closes - 2 * MINUTE, lasts=MINUTE).allowed
    late = hours.decide(BERLIN, None, now=closes - MINUTE, lasts=MINUTE)
    assert not late.allowed
    assert late.opens_at == datetime(2030, 1, 16, 7, tzinfo=UTC)


def test_a_window_that_never_opens_is_said_to_be_so() -> None:
    mornings = CallingHours(CallingWindow.of({"hours": [{"days": DAYS, "start": "09:00", "end": "10:00"}]}))
    decision = mornings.decide_in(("Europe/Berlin", "America/Los_Angeles"), Source.NUMBER, now=NIGHT)
    assert (decision.allowed, decision.opens_at) == (False, None)
    assert decision.reason is not None
    assert "does not open" in decision.reason


def test_what_is_kept_says_whose_window_which_zone_and_what_time_it_was_there() -> None:
    weekend = CallingWindow.of({"hours": None, "holidays": ["2030-12-25"]})
    decision = CallingHours(USUAL).decide(ANN, None, weekend, now=NIGHT)
    assert decision.record(NIGHT) == {
        "windows": ["account", "campaign"],
        "timezone_source": "number",
        "local_times": [{"timezone": "America/Los_Angeles", "at": "2030-01-14T19:20:00-08:00"}],
        "closes_at": "2030-01-15T05:00:00+00:00",
    }


@given(st.lists(st.integers(0, 60 * 24 * 20), min_size=2, max_size=12), st.sampled_from([0, 10, 70]))
def test_what_is_remembered_of_earlier_decisions_is_what_would_be_found_anew(minutes: list[int], lasts: int) -> None:
    """Whoever asks in any order is told the same as the first who ever asked."""
    told = {"days": DAYS[:5], "start": "07:53", "end": "20:00"}
    told_again = {**told, "days": DAYS[:4]}
    for minute in minutes:
        now = NIGHT + MINUTE * minute
        need = timedelta(minutes=lasts)
        asked = CallingHours(CallingWindow.of({"hours": [told]})).decide(BERLIN, None, now=now, lasts=need)
        other = CallingWindow.of({"hours": [told, told_again]})  # equal in what it allows, but not the same window
        fresh = CallingHours(CallingWindow(other.hours, frozenset({now.date().replace(year=1990 + minute % 30)})))
        assert fresh.decide(BERLIN, None, now=now, lasts=need) == asked


@pytest.mark.parametrize(
    ("number", "zone"),
    [(ANN, "America/Los_Angeles"), (BERLIN, "Europe/Berlin"), ("+61255501234", "Australia/Sydney")],
)
def test_a_number_tells_its_zone(number: str, zone: str) -> None:
    assert zone in zones_of(number)


@pytest.mark.parametrize("number", [SATELLITE, "+80012345678", "+97812345678"])
def test_a_number_of_no_country_has_no_zone(number: str) -> None:
    assert zones_of(number) == ()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("Berlin", None),
        ("PST", None),
        ("", None),
        ("x" * 100, None),
    ],
)
def test_zones_are_read_as_people_write_them(written: str, name: str | None) -> None:
    assert read_zone_name(written) == name
    assert name is None or find_zone(name) is not None
