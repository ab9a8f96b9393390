"""From what a person writes to the instant at which a campaign is due, against an independent oracle.

The oracle knows nothing of folds and gaps. It asks the zone only what time it is there at given instants (the direction
that is never in doubt), and tries every instant that a wall time could mean.
"""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from belltower.domain.errors import Invalid
from belltower.domain.schedule import LATEST, ScheduledTime, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",  # changes by half an hour
    "Africa/Casablanca",  # goes back for Ramadan
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Antarctica/Troll",  # changes by two hours
    "Africa/El_Aaiun",
    "UTC",
)
OFFSETS = [timedelta(minutes=15 * quarter) for quarter in range(-14 * 4, 15 * 4)]
"""Every offset that a zone has in these years."""

zones = st.sampled_from(ZONES)
walls = st.datetimes(datetime(2026, 1, 3), datetime(2035, 6, 1)).map(  # noqa: DTZ001 - wall times
    lambda wall: wall.replace(second=0, microsecond=0)
)


def wall_in(zone: str, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def meanings(wall: datetime, zone: str) -> list[datetime]:
    """Every instant at which clocks in `zone` show `wall`, in order: none in a gap, two in a fold."""
    candidates = {(wall - offset).replace(tzinfo=UTC) for offset in OFFSETS}
    return sorted(instant for instant in candidates if wall_in(zone, instant) == wall)


def first_after_gap(wall: datetime, zone: str) -> datetime:
    """The first wall time after `wall` that exists, minute by minute."""
    while not meanings(wall, zone):
        wall += timedelta(minutes=1)
    return wall


def changes(zone: str) -> list[datetime]:
    """The instants, to the minute, at which the zone's offset changes."""
    place, found = ZoneInfo(zone), []
    instant = datetime(2026, 1, 3, tzinfo=UTC)
    while instant < datetime(2029, 1, 1, tzinfo=UTC):
        following = instant + timedelta(hours=6)
        if instant.astimezone(place).utcoffset() != following.astimezone(place).utcoffset():
            low = instant
            while low.astimezone(place).utcoffset() == instant.astimezone(place).utcoffset():
                low += timedelta(minutes=1)
            found.append(low)
        instant = following
    return found


CHANGES = [(zone, change) for zone in ZONES for change in changes(zone)]


def agrees_with_the_oracle(wall: datetime, zone: str) -> None:
    meant = meanings(wall, zone)
    if meant:
        assert read(wall.isoformat(), zone, now=NOW) == ScheduledTime(meant[0], wall, zone, meant_as_wall=True)
    else:
        with pytest.raises(Invalid) as refusal:
            read(wall.isoformat(), zone, now=NOW)
        assert refusal.value.code == "scheduled_time_skipped"
        assert first_after_gap(wall, zone).isoformat() in str(refusal.value)


@given(walls, zones)
@example(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")  # noqa: DTZ001
@example(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")  # noqa: DTZ001
@example(datetime(2026, 3, 29, 2, 45), "Antarctica/Troll")  # noqa: DTZ001
@example(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe")  # noqa: DTZ001
def test_wall_time_means_its_first_instant_or_is_refused_with_the_next_that_exists(wall: datetime, zone: str) -> None:
    agrees_with_the_oracle(wall, zone)


@given(st.sampled_from(CHANGES), st.integers(-180, 180))
def test_around_every_change_of_clocks_too(change: tuple[str, datetime], minutes: int) -> None:
    zone, instant = change
    agrees_with_the_oracle(wall_in(zone, instant) + timedelta(minutes=minutes), zone)


@pytest.mark.parametrize(
    ("written", "zone", "instant"),
    [
        ("2030-05-17T09:30", None, "2030-05-17T09:30:00+00:00"),
        ("2030-05-17 09:30", "Europe/Berlin", "2030-05-17T07:30:00+00:00"),
        ("2030-05-17T09:30:00+02:00", None, "2030-05-17T07:30:00+00:00"),
        ("2030-05-17T09:30:00+02:00", "Europe/Berlin", "2030-05-17T07:30:00+00:00"),
        ("2030-05-17T09:30:00Z", "UTC", "2030-05-17T09:30:00+00:00"),
        ("2030-05-17t09:30:00z", None, "2030-05-17T09:30:00+00:00"),
        ("2030-05-17T09:30:00.250-0330", None, "2030-05-17T13:00:00.250000+00:00"),
        ("2030-05-17T09:30:15,5+05:45", "Asia/Kathmandu", "2030-05-17T03:45:15.500000+00:00"),
        # the second of a doubled hour can be meant with its offset
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25T02:30+02:00", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_any_iso_8601_time_is_understood(written: str, zone: str | None, instant: str) -> None:
    assert read(written, zone, now=NOW).instant == datetime.fromisoformat(instant)


@given(
    st.datetimes(datetime(2026, 1, 3), datetime(2035, 6, 1)),  # noqa: DTZ001
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    zones,
)
def test_an_offset_has_to_be_the_zones(wall: datetime, minutes: int, zone: str) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    written = f"{wall.isoformat()}{sign}{hours:02}:{rest:02}"
    instant = (wall - timedelta(minutes=minutes)).replace(tzinfo=UTC)
    assume(instant > NOW)

    assert read(written, None, now=NOW).instant == instant
    if wall_in(zone, instant) == wall:
        assert read(written, zone, now=NOW) == ScheduledTime(instant, wall, zone)
    else:
        with pytest.raises(Invalid) as refusal:
            read(written, zone, now=NOW)
        assert refusal.value.code == "timezone_disagrees"


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=8000)))
@example(timedelta(0))
@example(timedelta(microseconds=1))
@example(LATEST)
@example(LATEST + timedelta(microseconds=1))
def test_only_the_next_ten_years_can_be_scheduled(ahead: timedelta) -> None:
    written = (NOW + ahead).isoformat()
    if ahead <= timedelta(0):
        code = "scheduled_time_in_past"
    elif ahead > LATEST:
        code = "scheduled_time_too_far"
    else:
        assert read(written, None, now=NOW).instant == NOW + ahead
        return
    with pytest.raises(Invalid) as refusal:
        read(written, None, now=NOW)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "written",
    [
        "",
        "now",
        "2030-05-17",
        "09:30",
        "2030-05-17T",
        "2030-05-17T9:30",
        "17.05.2030 09:30",
        "05/17/2030 09:30",
        "2030-13-01T09:30",
        "2030-02-29T09:30",
        "2030-05-17T24:30",
        "2030-05-17T09:30+25:00",
        "2030-05-17T09:30 Europe/Berlin",
        "2030-05-17T09:30\0",
        "2030-05-17T09:30:00Z" + "0" * 100,
        "２０３０-05-17T09:30",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
    ],
)
def test_what_is_no_time_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(Invalid, match="Send an ISO 8601 date and time") as refusal:
        read(written, "Europe/Berlin", now=NOW)
    assert (refusal.value.field, refusal.value.code) == ("scheduled_time", "invalid_scheduled_time")


@given(st.text(max_size=50), st.one_of(st.none(), zones, st.text(max_size=70)))
def test_whatever_is_written_it_is_an_instant_or_a_refusal(written: str, zone: str | None) -> None:
    with contextlib.suppress(Invalid):
        assert read(written, zone, now=NOW).instant > NOW


@pytest.mark.parametrize(
    "zone",
    [
        "Mars",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "Europe",
        "x" * 100,
        "\0",
        "Europe/Berlin\0",
    ],
)
def test_only_iana_names_are_zones(zone: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read("2030-05-17T09:30", zone, now=NOW)
    assert (refusal.value.field, refusal.value.code) == ("timezone", "invalid_timezone")
