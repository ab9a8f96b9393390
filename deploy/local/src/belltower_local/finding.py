"""Where this machine keeps its Postgres, its RabbitMQ and its browser, and which packages it lacks.

Standard library only: this is asked before the Python environment exists.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_RABBITMQ = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/opt/homebrew/opt/rabbitmq/sbin",
    "/usr/local/opt/rabbitmq/sbin",
)
_LIBFAKETIME = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")


def find_postgres(major: str = "") -> Path | None:
    """The directory of the programs of a Postgres server: the newest, or one of a `major` version such as "15"."""
    pattern = rf"\b{major}\b" if major else ""
    return _newest(_POSTGRES, ("postgres", "initdb"), pattern)


def find_rabbitmq() -> Path | None:
    """The directory of the newest RabbitMQ's own scripts, past a distribution's wrappers, which insist on its users."""
    return _newest(_RABBITMQ, ("rabbitmq-server", "rabbitmq-env"))


def find_epmd() -> Path | None:
    """Erlang's register of names."""
    on_path = shutil.which("epmd")
    found = [Path(on_path)] if on_path else sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))
    return found[-1] if found else None


def find_chromium() -> Path | None:
    """The browser that tests and screenshots use."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return Path(found) if found else None


def find_libfaketime() -> Path | None:
    """The library that gives a process a clock of its own (Linux; tests use it)."""
    found = sorted(path for place in _LIBFAKETIME for path in Path("/").glob(place.lstrip("/")))
    return found[0] if found else None


def missing_servers(*, postgres: bool = True, rabbitmq: bool = True) -> list[str]:
    """The packages, named as on Debian, of the servers that this machine lacks."""
    wanted = []
    if postgres and find_postgres() is None:
        wanted.append("postgresql")
    if rabbitmq and (find_rabbitmq() is None or find_epmd() is None):
        wanted.append("rabbitmq-server")
    return wanted


def _newest(places: Iterable[str], programs: tuple[str, ...], pattern: str = "") -> Path | None:
    """The directory with the highest version in its name that holds all programs; else the one on the PATH that does.

    Only those count whose path matches `pattern`.
    """
    known = (path for place in places for path in Path("/").glob(place.lstrip("/")) if re.search(pattern, str(path)))
    found = [path for path in known if all((path / program).exists() for program in programs)]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    on_path = shutil.which(programs[0])
    directory = Path(on_path).resolve().parent if on_path else None
    fits = directory is not None and re.search(pattern, str(directory)) is not None
    return directory if directory and fits and all((directory / program).exists() for program in programs) else None
