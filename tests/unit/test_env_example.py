"""`.env.example` says everything that can be set, and nothing else; containers are told all of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from belltower_api.app import UPLOADS
from belltower_api.settings import ApiSettings
from belltower_carrier.settings import CarrierProcessSettings
from belltower_dialer.settings import DialerSettings
from belltower_scheduler.settings import SchedulerSettings

ROOT = Path(__file__).parents[2]
PROCESSES: dict[str, type[BaseSettings]] = {
    "api": ApiSettings,
    "scheduler": SchedulerSettings,
    "dialer": DialerSettings,
    "carrier": CarrierProcessSettings,
}
OF_THE_IMAGE = {"BELLTOWER_HTTP_HOST", "BELLTOWER_HTTP_PORT"}
"""Settings of every process that the Dockerfile has already given."""

OF_THE_GATEWAY = {"BELLTOWER_WEB_FOLDER"}
"""Settings of the API for what the gateway does where there is one."""


def settings_of(kind: type[BaseSettings]) -> dict[str, Any]:
    """The names that a process reads, with the defaults."""
    return {
        str(field.validation_alias or f"BELLTOWER_{name.upper()}"): field.default
        for name, field in kind.model_fields.items()
    }


def described() -> dict[str, str]:
    """What `.env.example` names, with the value that it shows."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?([A-Z][A-Z_]*)=(.*)$", text, re.MULTILINE))


def compose_files() -> list[Path]:
    """All that is read by docker compose."""
    return [ROOT / "docker-compose.yml", *sorted((ROOT / "deploy" / "carrier").iterdir())]


def interpolated() -> dict[str, str]:
    """The variables that the compose files take from the environment, with their defaults there."""
    text = "".join(path.read_text(encoding="utf-8") for path in compose_files())
    return {name: default or "" for name, default in re.findall(r"\$\{([A-Z_]+)(?::-([^}]*))?", text)}


def told(service: str) -> set[str]:
    """The variables that a service's container is given, or passed on when they are set."""
    names: set[str] = set()
    for path in (ROOT / "docker-compose.yml", ROOT / "deploy" / "carrier" / "simulated.yml"):
        container = yaml.safe_load(path.read_text(encoding="utf-8"))["services"].get(service, {})
        names |= set(container.get("environment", {}))
        if "env_file" in container:
            names |= settings_of_file("simulated")
    return names


def settings_of_file(carrier: str) -> set[str]:
    """The variables in the file of a carrier."""
    text = (ROOT / "deploy" / "carrier" / f"{carrier}.env").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def test_everything_that_can_be_set_is_described_and_nothing_else() -> None:
    settings = {name for kind in PROCESSES.values() for name in settings_of(kind)}
    assert set(described()) == settings | set(interpolated())


@pytest.mark.parametrize("process", PROCESSES)
def test_a_setting_is_shown_with_its_default(process: str) -> None:
    shown = described()
    for name, default in settings_of(PROCESSES[process]).items():
        if default is PydanticUndefined or default is None or name == "BELLTOWER_CARRIER":
            continue
        assert type(default)(shown[name]) == default, name


def test_what_only_the_containers_need_is_shown_with_its_default() -> None:
    settings = {name for kind in PROCESSES.values() for name in settings_of(kind)}
    defaults = {name: value for name, value in interpolated().items() if name not in settings}
    assert {name: described()[name] for name in defaults} == defaults


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_is_told_every_setting_of_its_process(process: str) -> None:
    assert set(settings_of(PROCESSES[process])) - OF_THE_IMAGE - OF_THE_GATEWAY <= told(process)


def test_both_carriers_give_the_same_settings() -> None:
    assert settings_of_file("simulated") == settings_of_file("twilio")


def test_the_gateway_takes_what_the_api_takes() -> None:
    limits = settings_of(ApiSettings)
    caddyfile = (ROOT / "deploy" / "gateway" / "Caddyfile").read_text(encoding="utf-8")
    for name in ("BELLTOWER_REQUEST_LIMIT", "BELLTOWER_UPLOAD_LIMIT"):
        assert interpolated()[name] == str(limits[name])
        assert f"{{${name}:{limits[name]}}}" in caddyfile
    assert f"@upload path {' '.join(UPLOADS)}\n" in caddyfile
    assert f"@others not path {' '.join(UPLOADS)}\n" in caddyfile
