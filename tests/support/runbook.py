"""The commands of docs/runbook.md, run as they are written."""

import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

from tests.support.servers import CHECKOUT

from belltower_local.servers import base_environment

RUNBOOK = (CHECKOUT / "docs" / "runbook.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """What stands below each heading."""
    parts = re.split(r"^## (.+)$", RUNBOOK, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(section: str) -> list[tuple[str, str]]:
    """The commands of a section: who runs them (nobody in particular, or postgres), and what."""
    found = re.findall(r"^```bash *(\w*)\n(.*?)^```", sections()[section], re.DOTALL | re.MULTILINE)
    assert found, f"{section} has no commands"
    return found


def run(block: tuple[str, str], programs: Path | None = None, **environment: str) -> str:
    """What a terminal shows of a block. Every command has to succeed."""
    who, script = block
    user = _server_user() if who == "postgres" else None
    paths = [str(Path(sys.executable).parent), *([str(programs)] if programs else []), os.environ["PATH"]]
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=base_environment() | environment | {"PATH": ":".join(paths)},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
    )
    assert ran.returncode == 0, f"{script}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def _server_user() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def own(folder: Path) -> None:
    """Give a folder to the user whom Postgres runs as."""
    if (user := _server_user()) is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
