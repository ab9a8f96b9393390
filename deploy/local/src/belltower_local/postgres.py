"""A private Postgres of a folder."""

import asyncio
import locale
import os
import pwd
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from belltower_local.finding import find_postgres
from belltower_local.folder import Folder
from belltower_local.packages import SetupError
from belltower_local.supervisor import SERVERS, Program, Supervisor

DATABASE = "belltower"
USER = "belltower"
PROGRAM = "postgres"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # the path of a socket may have about a hundred characters; a checkout's is often longer
    "max_connections": "300",
    "shared_buffers": "256MB",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
    "ssl": "off",
}
_FORGETFUL = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """A server that has been prepared."""

    programs_directory: Path
    home: Path
    port: int
    password: str
    user: pwd.struct_passwd | None
    durable: bool
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def prepare(
        cls, folder: Folder, port: int, *, durable: bool = True, environment: Mapping[str, str] | None = None
    ) -> "Postgres":
        """Find the newest Postgres of this machine and, the first time, make its data directory and an empty database.

        Raises `SetupError` when there is none, or with what initdb said.
        """
        directory = find_postgres()
        if directory is None:
            raise SetupError("There is no Postgres on this machine. `make servers` installs it.")
        user = server_user("postgres")
        home = folder.home_of("postgres", user)
        password_file = home / "password"
        if (home / "data").exists():
            directory = _that_made(home / "data")
        else:
            _write_as(user, password_file, secrets.token_hex(16))
            _make_data(directory, home, password_file, user)
        (home / "data" / "postmaster.pid").unlink(
            missing_ok=True
        )  # nobody of ours runs: after a reboot it may name anybody
        return cls(directory, home, port, password_file.read_text(encoding="utf-8"), user, durable, environment or {})

    @property
    def url(self) -> str:
        """The URL of its database, for its only user."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def program(self) -> Program:
        """How the supervisor runs it. SIGINT asks Postgres for a fast shutdown."""
        settings = _SETTINGS if self.durable else _SETTINGS | _FORGETFUL
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name=PROGRAM,
            command=[
                str(self.programs_directory / "postgres"),
                "-D",
                str(self.home / "data"),
                "-p",
                str(self.port),
                *options,
            ],
            environment={"HOME": str(self.home), "LC_ALL": "C", **self.environment},
            group=SERVERS,
            user=self.user.pw_name if self.user else None,
            stop_signal="INT",
        )

    def start(self, supervisor: Supervisor) -> None:
        """Start it, and come back at once."""
        supervisor.start_program(PROGRAM)

    def wait(self, supervisor: Supervisor, timeout: float = 60) -> None:
        """Wait until it answers. Raises `SetupError` with its last words when it does not."""
        supervisor.wait_for(PROGRAM, lambda: answers(self.url), timeout)


def server_user(name: str) -> pwd.struct_passwd | None:
    """Whom a server runs as: for root its own user, as neither server runs as root; for anybody else (None) ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise SetupError(
            f"There is no user {name} for the server to run as. Create one, or do not run as root."
        ) from None


def answers(url: str) -> bool:
    """Whether Postgres accepts connections at `url`."""

    async def attempt() -> bool:
        try:
            connection = await asyncpg.connect(url, timeout=2, ssl=False)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            await asyncio.sleep(0.01)  # asyncpg drops the socket of a refused connection at its loop's next turn
            return False
        await connection.close()
        return True

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(attempt())


def _that_made(data: Path) -> Path:
    """The programs of the version that made a data directory: another cannot read it."""
    major = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    directory = find_postgres(major) or find_postgres()
    assert directory is not None, "it was found before"
    said = subprocess.run([str(directory / "postgres"), "--version"], check=True, capture_output=True, text=True).stdout
    if re.search(rf"\b{major}\b", said) is None:
        raise SetupError(
            f"The data were made by Postgres {major}; here is {said.strip()}. `make reset` deletes the data."
        )
    return directory


def _make_data(directory: Path, home: Path, password_file: Path, user: pwd.struct_passwd | None) -> None:
    """Make the data directory beside its place and move it there when it is complete: an interruption leaves nothing."""
    new = home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    initdb = [
        str(directory / "initdb"),
        f"--pgdata={new}",
        f"--username={USER}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        f"--locale={_locale()}",
    ]
    _run_as(user, home, initdb)
    single = [str(directory / "postgres"), "--single", "-D", str(new), "postgres"]
    _run_as(user, home, single, f"CREATE DATABASE {DATABASE}\n")
    new.rename(home / "data")


def _run_as(user: pwd.struct_passwd | None, home: Path, command: list[str], words: str = "") -> None:
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    result = subprocess.run(  # type: ignore[call-overload]
        command,
        check=False,
        cwd=home,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"},
        input=words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **identity,
    )
    if result.returncode != 0:
        raise SetupError(f"{Path(command[0]).name} failed: {result.stdout.strip()}")


def _write_as(user: pwd.struct_passwd | None, path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def _locale() -> str:
    """A locale that sorts by code point; with the C library's knowledge of letters where it has such a one."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"
