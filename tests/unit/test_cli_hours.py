"""Hours as people type them in a terminal."""

from typing import Any

import pytest
import typer

from belltower.domain.calling_window import DAYS
from belltower_cli.campaign_options import start_fields
from belltower_cli.hours import shown, window
from belltower_cli.show import waiting


@pytest.mark.parametrize(
    ("typed", "days", "start", "end"),
    [
        ("mon-fri 09:00-18:00", DAYS[:5], "09:00", "18:00"),
        ("Sat,Sun 10:00 - 14:00", DAYS[5:], "10:00", "14:00"),
        ("08:00-21:00", DAYS, "08:00", "21:00"),
        ("daily 08:00-24:00", DAYS, "08:00", "24:00"),
        ("friday-monday 22:00-02:00", ("monday", "friday", "saturday", "sunday"), "22:00", "02:00"),
        ("tue, thu-fri 09:00-10:00", ("tuesday", "thursday", "friday"), "09:00", "10:00"),
    ],
)
def test_hours_are_read(typed: str, days: tuple[str, ...], start: str, end: str) -> None:
    assert window([typed], None) == {"hours": [{"days": list(days), "start": start, "end": end}], "holidays": []}


@pytest.mark.parametrize("typed", ["mon-fri", "t 09:00-10:00", "noday 09:00-10:00", "9-5", "mon- 09:00-10:00"])
def test_what_is_no_hours_is_refused(typed: str) -> None:
    with pytest.raises(typer.BadParameter):
        window([typed], None)


def test_nothing_said_is_no_window_and_holidays_alone_are_one() -> None:
    assert window(None, None) is None
    assert window(None, ["2030-12-25"]) == {"hours": None, "holidays": ["2030-12-25"]}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["mon-fri 09:00-18:00", "sat 10:00-14:00"], "mon-fri 09:00-18:00, sat 10:00-14:00"),
        (["08:00-21:00"], "daily 08:00-21:00"),
        (["mon,wed 08:00-21:00"], "mon,wed 08:00-21:00"),
    ],
)
def test_a_window_is_shown_as_it_is_typed(typed: list[str], said: str) -> None:
    assert shown(window(typed, None)) == said
    assert shown(window(typed, ["2030-12-25"])) == f"{said}; not on 2030-12-25"


def test_a_window_that_is_none_is_any_time() -> None:
    assert shown(None) == "at any time"


def test_the_end_of_a_campaign_is_written_as_its_start() -> None:
    told: dict[str, Any] = start_fields("2030-05-17T09:30", "Europe/Berlin", "2030-05-17T18:00")
    assert (told["scheduled_time"], told["expires_at"]) == ("2030-05-17T09:30", "2030-05-17T18:00")
    assert start_fields(None, None, "2030-05-17T18:00:00Z") == {"expires_at": "2030-05-17T18:00:00Z"}


def test_what_a_campaign_waits_for_is_said_by_the_clocks_there() -> None:
    found = {"reason": "calling_window", "until": "2030-01-15T07:00:00.000Z", "timezone": "Europe/Berlin"}
    assert waiting(found) == "calling hours in Berlin, 2030-01-15 08:00 CET"
    assert waiting(None) == ""
