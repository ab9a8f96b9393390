"""Installs what this machine lacks, from the distribution's own packages.

As root on a Debian or Ubuntu: without questions, waiting for whoever holds the package lock, showing progress, and so that
no system service is started or enabled, nor a database cluster created. Anybody else gets one line to paste.

Standard library only: this runs before the Python environment exists.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK_PATIENCE = 900.0
"""Seconds to wait for another program that is installing packages."""

_OUR_LOCK = Path("/var/lock/belltower-packages.lock")
_APT_LOCKS = tuple(
    Path(path)
    for path in (
        "/var/lib/dpkg/lock-frontend",
        "/var/lib/dpkg/lock",
        "/var/lib/apt/lists/lock",
        "/var/cache/apt/archives/lock",
    )
)
_POLICY = Path("/usr/sbin/policy-rc.d")
_POLICY_SAVED = Path("/usr/sbin/policy-rc.d.belltower-saved")
_POLICY_MARK = "# Belltower: while it installs packages, nothing is started."
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/belltower.conf")
_HOMEBREW = {"postgresql": "postgresql@17", "rabbitmq-server": "rabbitmq"}
_ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "APT_LISTCHANGES_FRONTEND": "none",
    "NEEDRESTART_SUSPEND": "1",
    "LC_ALL": "C.UTF-8",
}
_OPTIONS = (
    "--yes",
    "--quiet",
    "--option=DPkg::Lock::Timeout=600",
    "--option=Dpkg::Use-Pty=0",
    "--option=Dpkg::Options::=--force-confdef",
    "--option=Dpkg::Options::=--force-confold",
)
_BUSY = ("Could not get lock", "Unable to acquire", "Unable to lock")
_SHOWN = ("Need to get", "Unpacking ", "Setting up ")


class SetupError(Exception):
    """Something on this machine must be done by a person; the message says what."""


def install(packages: Sequence[str], log: Path) -> None:
    """Install packages, named as on Debian. apt's whole output goes to `log`.

    Raises `SetupError` with the line to paste when we are not root or this is no Debian, or with what apt said.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(line_to_paste(packages))
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"Installing {' and '.join(packages)} (the whole output: {log})", flush=True)
    with _alone(), log.open("a", encoding="utf-8") as output, _nothing_started(), _no_cluster_created():
        enabled = _enabled_services()
        updated, said = _apt(["update"], output)
        if not updated:
            print("The package lists could not be refreshed; trying with those that are here.", flush=True)
        installed, said = _apt(["install", "--no-install-recommends", *packages], output)
        _disable(_enabled_services() - enabled, output)
    if not installed:
        raise SetupError(f"apt-get could not install {' '.join(packages)}: {_last_words(said)} The rest is in {log}.")


def line_to_paste(packages: Sequence[str]) -> str:
    """What a person without root does, or asks for."""
    if sys.platform == "darwin":
        command = "brew install " + " ".join(_HOMEBREW.get(package, package) for package in packages)
    elif shutil.which("dnf"):
        names = {"postgresql": "postgresql-server postgresql-contrib"}
        command = "sudo dnf install -y " + " ".join(names.get(package, package) for package in packages)
    else:
        command = "sudo apt-get install -y --no-install-recommends " + " ".join(packages)
    return f"Belltower needs {' and '.join(packages)}, and only root may install packages. Paste this line:\n\n    {command}\n"


@contextmanager
def _alone() -> Iterator[None]:
    """One Belltower at a time: what is put aside for an installation must be put back by the same one."""
    with _OUR_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Packages ask /usr/sbin/policy-rc.d whether they may start their services; for a while, they may not.

    What was there is put back, even if an earlier installation was killed in the middle.
    """
    _restore_policy()
    if os.path.lexists(_POLICY):
        _POLICY.replace(_POLICY_SAVED)
    _POLICY.write_text(f"#!/bin/sh\n{_POLICY_MARK}\nexit 101\n", encoding="utf-8")
    _POLICY.chmod(_POLICY.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    try:
        yield
    finally:
        _restore_policy()


def _restore_policy() -> None:
    if _POLICY.is_file() and _POLICY_MARK in _POLICY.read_text(encoding="utf-8", errors="replace"):
        _POLICY.unlink()
    if os.path.lexists(_POLICY_SAVED) and not os.path.lexists(_POLICY):
        _POLICY_SAVED.replace(_POLICY)


@contextmanager
def _no_cluster_created() -> Iterator[None]:
    """Debian's PostgreSQL makes a cluster at its installation, unless this file says no."""
    made = [directory for directory in (_NO_CLUSTER.parent, _NO_CLUSTER.parent.parent) if not directory.exists()]
    _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    _NO_CLUSTER.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        _NO_CLUSTER.unlink()
        for directory in made:
            if not any(directory.iterdir()):
                directory.rmdir()


def _enabled_services() -> set[Path]:
    """The links by which the machine starts services at boot (systemd's and System V's)."""
    systemd = Path("/etc/systemd/system")
    return {*systemd.glob("*.wants/*"), *systemd.glob("*.requires/*"), *Path("/etc").glob("rc[2345].d/S*")}


def _disable(links: set[Path], output: IO[str]) -> None:
    """Undo what an installation enabled. Upgrades keep it so: they enable only what was enabled before."""
    for script in sorted({link.name[3:] for link in links if link.parent.suffix == ".d"}):
        _run(["update-rc.d", script, "disable"], output)
    for link in links:
        if link.parent.suffix != ".d":
            link.unlink(missing_ok=True)


def _run(command: Sequence[str], output: IO[str]) -> None:
    environment = {**os.environ, **_ENVIRONMENT}
    subprocess.run(
        command, check=False, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
    )


def _apt(arguments: Sequence[str], output: IO[str]) -> tuple[bool, list[str]]:
    """Run apt-get, as often as its locks demand. Returns whether it succeeded and what it said."""
    deadline = time.monotonic() + LOCK_PATIENCE
    repaired = False
    while True:
        _wait_for_locks(deadline)
        succeeded, said = _run_apt(arguments, output)
        text = "\n".join(said)
        if succeeded:
            return True, said
        if "dpkg --configure -a" in text and not repaired:
            repaired = True
            _run(["dpkg", "--configure", "-a", "--force-confdef", "--force-confold"], output)
        elif not any(sign in text for sign in _BUSY) or time.monotonic() > deadline:
            return False, said
        else:
            time.sleep(3)


def _run_apt(arguments: Sequence[str], output: IO[str]) -> tuple[bool, list[str]]:
    process = subprocess.Popen(
        ["apt-get", *_OPTIONS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **_ENVIRONMENT},
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    said: list[str] = []
    with process.stdout as lines:
        for line in lines:
            said.append(line.rstrip())
            output.write(line)
            output.flush()
            if line.startswith(_SHOWN):
                print(f"  {line.rstrip()}", flush=True)
    return process.wait() == 0, said


def _wait_for_locks(deadline: float) -> None:
    """Wait until no other program holds a package lock, saying so now and then."""
    said_at = -60.0
    while (held := next((path for path in _APT_LOCKS if _is_locked(path)), None)) is not None:
        now = time.monotonic()
        if now > deadline:
            raise SetupError(f"Another program has held {held} for {LOCK_PATIENCE:.0f} s. Let it end, then try again.")
        if now - said_at >= 15:
            said_at = now
            print(f"Another program is installing packages (it holds {held}); waiting for it ...", flush=True)
        time.sleep(1)


def _is_locked(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _last_words(said: Sequence[str]) -> str:
    errors = [line.removeprefix("E: ") for line in said if line.startswith("E: ")]
    return " ".join(errors) or (said[-1] if said else "it said nothing")
