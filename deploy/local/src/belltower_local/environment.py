"""Builds the Python environment of the checkout, `.venv`, from requirements.lock: every package pinned, with its hash.

`python3 -m belltower_local.environment`, through the Makefile, before anything else. It does nothing when the environment
is what the lock and the pyproject files ask for; when one of them changed it installs what differs; when it was
interrupted or moved, or its Python is no longer there, it builds anew.

Standard library only: this runs before the environment exists, and on a Python that may be too old for the rest.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from belltower_local import packages
from belltower_local.finding import missing_servers
from belltower_local.packages import SetupError

OLDEST, TOO_NEW = (3, 11), (3, 14)
PROJECTS = (
    "shared",
    "services/api",
    "services/scheduler",
    "services/dialer",
    "services/carrier",
    "services/cli",
    "deploy/local",
)
"""What is installed in place, so that an edited file counts at once."""


def ensure(checkout: Path) -> None:
    """Make `.venv` of a checkout what it should be. Raises `SetupError` with a sentence when it cannot be done."""
    wanted = _wanted(checkout)
    if _read_stamp(checkout) == wanted:
        return
    run = checkout / ".run"
    run.mkdir(exist_ok=True)
    with (run / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = _read_stamp(checkout)
        if built != wanted:
            _build(checkout, built, wanted)


def _build(checkout: Path, built: dict[str, str] | None, wanted: dict[str, str]) -> None:
    """Bring the environment from what it was built from to what is wanted; the stamp is gone until that is done."""
    environment = checkout / ".venv"
    log = checkout / ".run" / "environment.log"
    log.write_text("", encoding="utf-8")
    _stamp(checkout).unlink(missing_ok=True)
    places = ("python", "checkout")
    if built is None or any(built[place] != wanted[place] for place in places) or not _python(checkout).exists():
        print(f"Building the Python environment in {environment} (Python {platform.python_version()}) ...", flush=True)
        _need_ensurepip(log)
        shutil.rmtree(environment, ignore_errors=True)
        _run([str(Path(sys.executable).resolve()), "-m", "venv", str(environment)], log)
        built = None
    pip = [str(_python(checkout)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if built is None or built["lock"] != wanted["lock"]:
        lock = checkout / "requirements.lock"
        pinned = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
        print(f"Installing the {pinned} packages of requirements.lock ...", flush=True)
        _run([*pip, "--only-binary=:all:", "--no-deps", "--require-hashes", "--requirement", str(lock)], log)
    print("Installing Belltower's own packages ...", flush=True)
    editable = [word for project in PROJECTS for word in ("--editable", str(checkout / project))]
    _run([*pip, "--quiet", "--no-deps", "--no-build-isolation", *editable], log)
    _write_stamp(checkout, _wanted(checkout))
    print("The Python environment is ready.", flush=True)


def _wanted(checkout: Path) -> dict[str, str]:
    """What the environment must have been built from."""
    projects = b"".join((checkout / project / "pyproject.toml").read_bytes() for project in PROJECTS)
    return {
        "lock": hashlib.sha256((checkout / "requirements.lock").read_bytes()).hexdigest(),
        "projects": hashlib.sha256(projects).hexdigest(),
        "python": str(_python(checkout).resolve()),  # below /usr/bin it leads elsewhere after an upgrade of the machine
        "checkout": str(checkout),
    }


def _stamp(checkout: Path) -> Path:
    return checkout / ".venv" / "belltower.json"


def _python(checkout: Path) -> Path:
    return checkout / ".venv" / "bin" / "python"


def _read_stamp(checkout: Path) -> dict[str, str] | None:
    try:
        stamp: dict[str, str] = json.loads(_stamp(checkout).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if _python(checkout).exists() else None


def _write_stamp(checkout: Path, stamp: dict[str, str]) -> None:
    new = _stamp(checkout).with_suffix(".new")
    new.write_text(json.dumps(stamp), encoding="utf-8")
    new.replace(_stamp(checkout))


def _need_ensurepip(log: Path) -> None:
    """Debian keeps the part of Python that makes environments in a package of its own.

    Who must paste a line to get it gets the servers with it, as the next line would be for those.
    """
    if importlib.util.find_spec("ensurepip") is None:
        wanted = [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]
        if os.geteuid() != 0:
            wanted += missing_servers()
        packages.install(wanted, log)


def _run(command: list[str], log: Path) -> None:
    """Run a command, showing what it is about; the whole output goes to the log, whose end is shown when it fails."""
    ours = ("PYTHON", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=variables,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    said = []
    collected = 0
    with process.stdout as lines, log.open("a", encoding="utf-8") as output:
        for line in lines:
            output.write(line)
            said.append(line.rstrip())
            if line.startswith("Collecting "):
                collected += 1
                if collected % 10 == 0:
                    print(f"  {collected} downloaded, now {line.split()[1].partition('==')[0]} ...", flush=True)
            elif line.startswith("Installing "):
                print("  unpacking them ...", flush=True)
    if process.wait() != 0:
        raise SetupError("\n".join([*said[-15:], f"{' '.join(command[:4])} ... failed. The whole output is in {log}."]))


def _use_a_python_that_fits() -> None:
    """Go on with another Python of this machine when ours is too old or too new."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    for minor in (13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found is not None:
            os.execv(found, [found, "-m", "belltower_local.environment", *sys.argv[1:]])  # noqa: S606
    raise SetupError(
        f"Belltower needs Python 3.11, 3.12 or 3.13; this is {platform.python_version()}, and no other is on the PATH."
        " Install one, or name it: make PYTHON=/path/to/python3.11"
    )


def main() -> None:
    """Build the environment of the checkout named on the command line."""
    try:
        _use_a_python_that_fits()
        ensure(Path(sys.argv[1]).resolve())
    except SetupError as problem:
        raise SystemExit(str(problem)) from None
    except KeyboardInterrupt:
        raise SystemExit("Interrupted. The next attempt begins anew.") from None


if __name__ == "__main__":
    main()
