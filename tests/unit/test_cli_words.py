"""What people type, and what they are shown."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import typer

from belltower_cli import connection, output
from belltower_cli.api import Failure
from belltower_cli.campaign_options import start_fields
from belltower_cli.upload import columns


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def test_an_instant_is_shown_in_the_zone_of_the_terminal() -> None:
    assert output.instant("2030-05-17T07:30:00.123Z") == "2030-05-17 09:30:00 CEST"
    assert output.instant("2030-01-17T07:30:00.123Z") == "2030-01-17 08:30:00 CET"
    assert output.instant(None) == ""


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, ""), (0.0031, "3 ms after it was due"), (1.25, "1.2 s after it was due"), (4000, "4,000.0 s after it was due")],
)  # fmt: skip
def test_lateness_is_shown_in_a_fitting_unit(seconds: float | None, shown: str) -> None:
    assert output.lateness(seconds) == shown


def test_whoever_runs_campaigns_waits_for_no_library_of_the_database() -> None:
    loaded = "import sys, belltower_cli; print([name for name in sys.modules if name in ('sqlalchemy', 'asyncpg')])"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_nobody_s_text_gives_orders_to_the_terminal() -> None:
    assert output.plain("Zoë \x1b[2J\x07\n") == "Zoë \N{REPLACEMENT CHARACTER}[2J" + "\N{REPLACEMENT CHARACTER}" * 2


@pytest.mark.parametrize(
    ("at", "timezone", "fields"),
    [
        pytest.param(None, None, {}, id="now"),
        pytest.param(
            "2030-05-17T09:30", None, {"is_scheduled": True, "scheduled_time": "2030-05-17T09:30:00+02:00"}, id="in this zone"
        ),
        pytest.param(
            "2030-05-17T09:30",
            "America/New_York",
            {"is_scheduled": True, "scheduled_time": "2030-05-17T09:30", "timezone": "America/New_York"},
            id="in another zone",
        ),
        pytest.param(
            "2030-05-17T09:30Z", None, {"is_scheduled": True, "scheduled_time": "2030-05-17T09:30Z"}, id="with an offset"
        ),
        pytest.param("tomorrow", None, {"is_scheduled": True, "scheduled_time": "tomorrow"}, id="for the API to refuse"),
        pytest.param("2030-05-17", None, {"is_scheduled": True, "scheduled_time": "2030-05-17"}, id="a date alone"),
    ],
)  # fmt: skip
def test_a_time_is_meant_in_the_zone_of_the_terminal(
    at: str | None, timezone: str | None, fields: dict[str, object]
) -> None:
    assert start_fields(at, timezone) == fields


def test_a_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(typer.BadParameter):
        start_fields("2030-03-31T02:30", None)


def test_columns_are_named_by_their_titles() -> None:
    assert columns(["Vorname=name", "Notes=", "a=b=c"]) == '{"Vorname": "name", "Notes": null, "a=b": "c"}'
    for option in ("Vorname", "=name"):
        with pytest.raises(typer.BadParameter):
            columns([option])


@pytest.mark.parametrize("key", ["", "  ", "a b", "ключ", "a\x07b", "a" * 501])
def test_what_is_no_key_is_not_sent(
    key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BELLTOWER_API_KEY", key)
    with pytest.raises(typer.Exit) as ended, connection.connected("http://belltower.example", None):
        raise Failure("not reached")
    assert ended.value.exit_code == 1
    assert "key" in capsys.readouterr().err


@pytest.mark.parametrize("url", [None, "", "belltower.example", "ftp://belltower.example", "http://", "http://a b:x"])
def test_what_is_no_address_is_not_asked(url: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), connection.connected(url, None):
        raise Failure("not reached")
    assert "http://127.0.0.1:8080" in capsys.readouterr().err
