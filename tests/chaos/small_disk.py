"""A file system of a few megabytes for one database, so that a test can fill it. Only root can make one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from tests.support.servers import TestServer

from belltower_local.folder import FAR
from belltower_local.postgres import server_user

SIZE = "64m"


def can_be_made(server: TestServer) -> bool:
    """Whether this machine lets us, and the server is one that sees it."""
    return os.geteuid() == 0 and server.origin == "native" and shutil.which("mount") is not None and _try()


def _try() -> bool:
    FAR.mkdir(mode=0o711, parents=True, exist_ok=True)
    try:
        with small_disk(f"chaos-{os.getpid()}-try"):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def small_disk(name: str = f"chaos-{os.getpid()}") -> Iterator[Path]:
    """Make one that the server's user may write. What a killed run left behind is cleared away first."""
    for old in FAR.glob("chaos-*-*"):
        if not psutil.pid_exists(int(old.name.split("-")[1])):
            _take_away(old)
    place = FAR / name
    place.mkdir(mode=0o711)
    user = server_user("postgres")
    owner = f",uid={user.pw_uid},gid={user.pw_gid}" if user else ""
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700{owner}", "tmpfs", str(place)],
            check=True,
            capture_output=True,
        )
        yield place
    finally:
        _take_away(place)


def _take_away(place: Path) -> None:
    subprocess.run(["umount", "--lazy", str(place)], check=False, capture_output=True)
    place.rmdir()
