"""Builds the web app, on the Node that requirements.lock pins: neither a Node of the machine nor root is needed."""

import fcntl
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from belltower_local.console import console
from belltower_local.packages import SetupError

_SOURCES = ("index.html", "package.json", "package-lock.json", "vite.config.ts", "public", "src")
_MADE = ("api/schema.ts",)
"""Below `src`, but made from the API's description; types only, of which nothing is left in what is built."""


def build(checkout: Path) -> Path:
    """The folder of the built app, which is built anew when its sources have changed.

    Raises `SetupError` with what npm said when that cannot be done.
    """
    app = checkout / "services" / "web"
    built, stamp = app / "dist", app / "dist" / ".built-from"
    wanted = _fingerprint(app)
    run = checkout / ".run"
    run.mkdir(exist_ok=True)
    with (run / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            console.print("Building the web app ...")
            install(checkout)
            _npm(checkout, "run", "build")
            stamp.write_text(wanted, encoding="utf-8")
    return built


def install(checkout: Path) -> None:
    """Bring `node_modules` to what the lock says, unless it is already."""
    app = checkout / "services" / "web"
    installed, lock = app / "node_modules" / ".package-lock.json", app / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        console.print("Installing the packages of services/web/package-lock.json ...")
        _npm(checkout, "ci")


def _npm(checkout: Path, *arguments: str) -> None:
    command = [str(checkout / "deploy" / "npm.sh"), *arguments]
    result = subprocess.run(
        command,
        check=False,
        cwd=checkout / "services" / "web",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if result.returncode != 0:
        said = "\n".join(result.stdout.splitlines()[-20:])
        raise SetupError(f"{said}\nnpm {' '.join(arguments)} failed in services/web.")


def _fingerprint(app: Path) -> str:
    """What the app would be built from."""
    digest = hashlib.sha256()
    for file in _files(app):
        digest.update(str(file.relative_to(app)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(app: Path) -> Iterator[Path]:
    for source in _SOURCES:
        place = app / source
        if place.is_file():
            yield place
            continue
        for file in sorted(place.rglob("*")):
            if file.is_file() and str(file.relative_to(place)) not in _MADE:
                yield file
