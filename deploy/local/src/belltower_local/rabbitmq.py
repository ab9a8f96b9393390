"""A private RabbitMQ of a folder, with the management and Prometheus plugins, and with a register of names of its own."""

import hashlib
import os
import pwd
import secrets
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx

from belltower_local.finding import find_epmd, find_rabbitmq
from belltower_local.folder import Folder
from belltower_local.packages import SetupError
from belltower_local.postgres import server_user
from belltower_local.supervisor import NAMES, SERVERS, Program, Supervisor

USER = "belltower"
VHOST = "belltower"
PROGRAM = "rabbitmq"
NAMES_PROGRAM = "epmd"


@dataclass(frozen=True)
class RabbitMQ:
    """A server that has been prepared."""

    PORTS: ClassVar[tuple[str, ...]] = ("amqp", "management", "prometheus", "distribution", "names")
    """What it listens on: clients, operators, metrics, other Erlang nodes, and the register that tells those its port."""

    scripts: Path
    epmd: Path
    home: Path
    ports: Mapping[str, int]
    password: str
    user: pwd.struct_passwd | None

    @classmethod
    def prepare(cls, folder: Folder, ports: Mapping[str, int]) -> "RabbitMQ":
        """Find RabbitMQ on this machine and write what a node of our own needs: a home with its cookie, its settings, its
        plugins. `ports` holds one for each of `PORTS`.

        Raises `SetupError` when there is no RabbitMQ.
        """
        scripts, epmd = find_rabbitmq(), find_epmd()
        if scripts is None or epmd is None:
            raise SetupError("There is no RabbitMQ on this machine. `make servers` installs it.")
        user = server_user("rabbitmq")
        home = folder.home_of("rabbitmq", user)
        password_file = home / "password"
        if not password_file.exists():
            shutil.rmtree(home / "data", ignore_errors=True)
            _write(password_file, secrets.token_hex(16), user)
        node = cls(scripts, epmd, home, dict(ports), password_file.read_text(encoding="utf-8"), user)
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            _write(cookie, secrets.token_hex(20), user, mode=0o400)
        _write(home / "rabbitmq.conf", node.configuration(), user)
        _write(home / "enabled_plugins", "[rabbitmq_management,rabbitmq_prometheus].\n", user)
        _write(home / "advanced.config", "[].\n", user)
        _write(home / "rabbitmq-env.conf", "", user)
        return node

    @property
    def url(self) -> str:
        """The URL of its virtual host, for its only user, an administrator."""
        return f"amqp://{USER}:{self.password}@127.0.0.1:{self.ports['amqp']}/{VHOST}"

    @property
    def management_url(self) -> str:
        """The management API and its pages, with the name and the password to enter."""
        return f"http://{USER}:{self.password}@127.0.0.1:{self.ports['management']}"

    def programs(self) -> list[Program]:
        """How the supervisor runs it."""
        user = self.user.pw_name if self.user else None
        names = {"ERL_EPMD_PORT": str(self.ports["names"]), "ERL_EPMD_ADDRESS": "127.0.0.1", "HOME": str(self.home)}
        return [
            Program(NAMES_PROGRAM, [str(self.epmd)], names, NAMES, user, stop_patience=5),
            Program(PROGRAM, [str(self.scripts / "rabbitmq-server")], self._environment() | names, SERVERS, user),
        ]

    def start(self, supervisor: Supervisor) -> None:
        """Start it, and come back at once. The register of names must be there first."""
        supervisor.start_program(NAMES_PROGRAM)
        supervisor.wait_for(NAMES_PROGRAM, lambda: listens(self.ports["names"]), timeout=15)
        supervisor.start_program(PROGRAM)

    def wait(self, supervisor: Supervisor, timeout: float = 90) -> None:
        """Wait until clients and operators can use it. Raises `SetupError` with its last words when they cannot."""
        supervisor.wait_for(PROGRAM, lambda: answers(self.management_url) and listens(self.ports["amqp"]), timeout)

    def configuration(self) -> str:
        """The text of its rabbitmq.conf. User, password and virtual host are made at its first start."""
        return "\n".join(
            [
                f"listeners.tcp.1 = 127.0.0.1:{self.ports['amqp']}",
                "management.tcp.ip = 127.0.0.1",
                f"management.tcp.port = {self.ports['management']}",
                "prometheus.tcp.ip = 127.0.0.1",
                f"prometheus.tcp.port = {self.ports['prometheus']}",
                f"default_vhost = {VHOST}",
                f"default_user = {USER}",
                f"default_pass = {self.password}",
                "default_user_tags.administrator = true",
                "log.file = false",
                "log.console = true",
                "log.console.level = info",
                "",
            ]
        )

    def _environment(self) -> dict[str, str]:
        """All that would otherwise be looked for in /etc/rabbitmq and /var/lib/rabbitmq.

        A node at `localhost` needs no resolvable name of the machine. The register of names is the supervisor's to start,
        never the node's. The last variable makes the script become the Erlang machine, instead of its parent: there is
        one process to watch, to stop and to kill.
        """
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return {
            "RABBITMQ_NODENAME": f"belltower-{name}@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_BASE": str(self.home),
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self.home / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.home / "generated"),
            "RABBITMQ_PID_FILE": str(self.home / "rabbitmq.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_FLAGS": "-start_epmd false",
            "LC_ALL": "C.UTF-8",
            "RUNNING_UNDER_SYSTEMD": "true",
        }


def answers(management_url: str) -> bool:
    """Whether the management API answers to the user named in the URL."""
    try:
        return httpx.get(f"{management_url}/api/overview", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections at a port."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _write(path: Path, text: str, user: pwd.struct_passwd | None, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
