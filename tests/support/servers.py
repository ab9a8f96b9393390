"""Which Postgres and which RabbitMQ the tests run on, and a database and a virtual host of its own for each test.

`DATABASE_URL` and `AMQP_URL`, when set, name servers to use: there, only databases and virtual hosts whose names start with
`belltower_test_` are made, used and dropped. Otherwise containers when a Docker engine answers, else private servers of
this machine. `BELLTOWER_TEST_SERVERS=containers|native` decides it; `auto` is the default.
"""

import asyncio
import gc
import os
import secrets
import subprocess
import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import docker
import httpx
import psutil
import pytest
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from tests.support.eventually import eventually_sync

from belltower.db.engine import create_engine
from belltower.db.migrate import migrate
from belltower.runtime.settings import DatabaseSettings
from belltower_local import ports, postgres, rabbitmq
from belltower_local.finding import find_postgres, find_rabbitmq
from belltower_local.folder import Folder
from belltower_local.servers import install_missing, private_servers

CHECKOUT = Path(__file__).parents[2]
PREFIX = f"belltower_test_{secrets.token_hex(4)}"
"""How the databases and virtual hosts of this session are named. Nothing else is touched."""

POSTGRES_IMAGE = "postgres:17"
RABBITMQ_IMAGE = "rabbitmq:4-management"

T = TypeVar("T")


@dataclass(frozen=True)
class TestServer:
    """A server that tests run on."""

    __test__ = False

    url: str
    """Of its administrator."""
    origin: str
    """Where it comes from, for a person."""
    management_url: str = ""
    """RabbitMQ's management API, with user and password."""
    restart: Callable[[], None] | None = None
    """Ends it without mercy and starts it again, empty-handed clients and all; None where it is not ours to restart."""
    reboot: Callable[[], None] | None = None
    """The same, but asks it to end."""


# ---- which servers


@cache
def servers_to_use() -> str:
    """`containers` or `native`, where no URL names a server."""
    chosen = os.environ.get("BELLTOWER_TEST_SERVERS", "auto")
    if chosen in {"containers", "native"}:
        return chosen
    if chosen != "auto":
        raise pytest.UsageError(f"BELLTOWER_TEST_SERVERS={chosen}: it must be auto, containers or native.")
    return "containers" if _docker_has_the_images() else "native"


def _docker_has_the_images() -> bool:
    """Whether a Docker engine (a client alone does not count) answers, and has or can fetch what the tests need."""
    client = _docker_client()
    if client is None:
        # The SDK leaves the socket of a refused connection to the garbage collector, which warns wherever it comes by.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        return False
    try:
        client.ping()
        return all(_has_image(client, name) for name in (POSTGRES_IMAGE, RABBITMQ_IMAGE))
    except (DockerException, OSError):
        return False
    finally:
        client.close()


def _docker_client() -> docker.DockerClient | None:
    try:
        return docker.from_env(timeout=10)
    except DockerException:
        return None


def _has_image(client: docker.DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except docker.errors.ImageNotFound:
        client.api.timeout = 300
        client.images.pull(name)
    return True


def _without_reaper() -> None:
    """The reaper removes containers of a session that was killed. Where its image cannot be had, we go without."""
    if testcontainers_config.ryuk_disabled:
        return
    client = docker.from_env(timeout=120)
    try:
        if not client.images.list(name=testcontainers_config.ryuk_image):
            client.images.pull(testcontainers_config.ryuk_image)
    except (DockerException, OSError):
        testcontainers_config.ryuk_disabled = True
    finally:
        client.close()


def pytest_report_header() -> str:
    """Which servers the tests will run on; they start when the first test needs them."""
    return f"servers: {_planned_postgres()}; {_planned_rabbitmq()}"


def _planned_postgres() -> str:
    if os.environ.get("DATABASE_URL"):
        return "the Postgres of DATABASE_URL"
    if servers_to_use() == "containers":
        return f"container {POSTGRES_IMAGE}"
    directory = find_postgres()
    if directory is None:
        return "a private Postgres (to be installed)"
    command = [str(directory / "postgres"), "--version"]
    return f"a private {subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()}"


def _planned_rabbitmq() -> str:
    if os.environ.get("AMQP_URL"):
        return "the RabbitMQ of AMQP_URL"
    if servers_to_use() == "containers":
        return f"container {RABBITMQ_IMAGE}"
    directory = find_rabbitmq()
    return f"a private RabbitMQ ({directory.parent.name if directory else 'to be installed'})"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install private servers that are missing before the first test, whose time is limited, and in plain sight."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    install_missing(
        CHECKOUT / ".run" / "packages.log",
        postgres="postgres_for_tests" in wanted and _is_private("DATABASE_URL"),
        rabbitmq="rabbitmq_for_tests" in wanted and _is_private("AMQP_URL"),
    )


def _is_private(url: str) -> bool:
    return not os.environ.get(url) and servers_to_use() == "native"


_versions: list[str] = []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells its controller what it ran on."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["versions"] = _versions


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller hears it."""
    _versions.extend(getattr(node, "workeroutput", {}).get("versions", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests did run on, as the servers themselves say."""
    if _versions:
        terminalreporter.write_line("ran on " + ", ".join(sorted(set(_versions))))


# ---- servers


@pytest.fixture(scope="session")
def postgres_for_tests() -> Iterator[TestServer]:
    """The Postgres of this session."""
    with ExitStack() as stack:
        if url := os.environ.get("DATABASE_URL"):
            server = TestServer(url, "DATABASE_URL")
        elif servers_to_use() == "containers":
            server = stack.enter_context(_postgres_container())
        else:
            server = stack.enter_context(native_postgres())
        _versions.append(f"Postgres {_run(_version_of(server.url))} ({server.origin})")
        yield server


@pytest.fixture(scope="session")
def rabbitmq_for_tests() -> Iterator[TestServer]:
    """The RabbitMQ of this session."""
    with ExitStack() as stack:
        if url := os.environ.get("AMQP_URL"):
            server = TestServer(url, "AMQP_URL", _management_url_of(url))
        elif servers_to_use() == "containers":
            server = stack.enter_context(_rabbitmq_container())
        else:
            server = stack.enter_context(_native_rabbitmq())
        overview = httpx.get(f"{server.management_url}/api/overview", trust_env=False, timeout=10).raise_for_status()
        _versions.append(f"RabbitMQ {overview.json()['rabbitmq_version']} ({server.origin})")
        yield server


@contextmanager
def _postgres_container() -> Iterator[TestServer]:
    _without_reaper()
    port, password = ports.any_free(), secrets.token_hex(8)
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_env("POSTGRES_PASSWORD", password)
        .with_bind_ports(5432, port)
        .with_command("postgres -c fsync=off -c full_page_writes=off -c max_connections=300")
    )
    with container:
        url = f"postgresql://postgres:{password}@{container.get_container_host_ip()}:{port}/postgres"

        def restart() -> None:
            _restart(container)
            eventually_sync(lambda: postgres.answers(url), timeout=60)

        def reboot() -> None:
            container.get_wrapped_container().restart()
            eventually_sync(lambda: postgres.answers(url), timeout=60)

        eventually_sync(lambda: postgres.answers(url), timeout=90)
        yield TestServer(url, POSTGRES_IMAGE, restart=restart, reboot=reboot)


@contextmanager
def _rabbitmq_container() -> Iterator[TestServer]:
    _without_reaper()
    amqp, management = ports.any_free(), ports.any_free()
    password = secrets.token_hex(8)
    container = (
        DockerContainer(RABBITMQ_IMAGE, hostname="rabbitmq")
        .with_envs(RABBITMQ_DEFAULT_USER="belltower", RABBITMQ_DEFAULT_PASS=password)
        .with_bind_ports(5672, amqp)
        .with_bind_ports(15672, management)
    )
    with container:
        host = container.get_container_host_ip()
        management_url = f"http://belltower:{password}@{host}:{management}"

        def is_up() -> bool:
            return rabbitmq.answers(management_url) and _health(management_url, f"port-listener/{5672}")

        def restart() -> None:
            _restart(container)
            eventually_sync(is_up, timeout=90)

        def reboot() -> None:
            container.get_wrapped_container().restart()
            eventually_sync(is_up, timeout=90)

        eventually_sync(is_up, timeout=120)
        yield TestServer(f"amqp://belltower:{password}@{host}:{amqp}/", RABBITMQ_IMAGE, management_url, restart, reboot)


def _restart(container: DockerContainer) -> None:
    wrapped = container.get_wrapped_container()
    wrapped.kill()
    wrapped.start()


def _health(management_url: str, check: str) -> bool:
    response = httpx.get(f"{management_url}/api/health/checks/{check}", trust_env=False, timeout=10)
    return response.status_code == httpx.codes.OK


@contextmanager
def native_postgres(name: str = "postgres", environment: Mapping[str, str] | None = None) -> Iterator[TestServer]:
    """A private Postgres, of which each session has one of a name."""
    with (
        _folder(name) as folder,
        private_servers(folder, rabbitmq=False, postgres_environment=environment) as servers,
    ):
        server = servers.postgres
        assert server is not None

        def restart() -> None:
            servers.supervisor.kill_program(postgres.PROGRAM)
            server.wait(servers.supervisor)

        def reboot() -> None:
            servers.supervisor.stop_program(postgres.PROGRAM)
            server.start(servers.supervisor)
            server.wait(servers.supervisor)

        yield TestServer(server.url, "native", restart=restart, reboot=reboot)


@contextmanager
def _native_rabbitmq() -> Iterator[TestServer]:
    with _folder("rabbitmq") as folder, private_servers(folder, postgres=False) as servers:
        server = servers.rabbitmq
        assert server is not None

        def restart() -> None:
            servers.supervisor.kill_program(rabbitmq.PROGRAM)
            server.wait(servers.supervisor)

        def reboot() -> None:
            servers.supervisor.stop_program(rabbitmq.PROGRAM)
            server.start(servers.supervisor)
            server.wait(servers.supervisor)

        yield TestServer(server.url, "native", server.management_url, restart, reboot)


@contextmanager
def _folder(server: str) -> Iterator[Folder]:
    """A folder for servers of this session alone. What a killed session left behind is cleared away first."""
    for old in (CHECKOUT / ".run").glob("tests-*-*"):
        left = Folder(old)
        if not psutil.pid_exists(int(old.name.split("-")[1])) and left.hold():
            left.kill_leftovers()
            left.discard()
    folder = Folder(CHECKOUT / ".run" / f"tests-{os.getpid()}-{server}")
    if not folder.hold():
        raise RuntimeError(f"{folder.path} is held by another process.")
    try:
        yield folder
    finally:
        folder.discard()


def _management_url_of(amqp_url: str) -> str:
    """The management API beside an AMQP URL: RABBITMQ_MANAGEMENT_URL, else port 15672 of the same host and user."""
    parts = urlsplit(amqp_url)
    user, password = parts.username or "guest", parts.password or "guest"
    given = urlsplit(os.environ.get("RABBITMQ_MANAGEMENT_URL") or f"http://{parts.hostname}:15672")
    host = given.netloc.rpartition("@")[2]
    login = given.netloc.rpartition("@")[0] or f"{user}:{password}"
    return f"{given.scheme}://{login}@{host}{given.path.rstrip('/')}"


# ---- databases and virtual hosts


@pytest.fixture(scope="session")
def postgres_server(postgres_for_tests: TestServer) -> str:
    """The URL of the administrator of the Postgres that the tests run on."""
    return postgres_for_tests.url


@pytest.fixture(scope="session")
def amqp_server(rabbitmq_for_tests: TestServer) -> str:
    """The URL of the administrator of the RabbitMQ that the tests run on."""
    return rabbitmq_for_tests.url


_numbers = count(1)


def new_name() -> str:
    """A name for a database or a virtual host that this session has not had."""
    return f"{PREFIX}_{next(_numbers)}"


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with the newest schema and nothing in it; others are copied from it."""
    name = f"{PREFIX}_template"
    _run(_execute(postgres_server, f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0"))
    try:
        _run(_migrate(_with_path(postgres_server, name)))
        yield name
    finally:
        _run(_execute(postgres_server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@contextmanager
def fresh_database(server: str, options: str) -> Iterator[str]:
    """The URL of a new database, dropped at the end, whoever is still connected."""
    name = new_name()
    _run(_execute(server, f'CREATE DATABASE "{name}" {options}'))
    try:
        yield _with_path(server, name)
    finally:
        _run(_execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture
def empty_database_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh database without anything in it."""
    with fresh_database(postgres_server, "ENCODING 'UTF8' TEMPLATE template0") as url:
        yield url


@pytest.fixture
def amqp_url(rabbitmq_for_tests: TestServer) -> Iterator[str]:
    """The URL of a fresh virtual host."""
    with fresh_virtual_host(rabbitmq_for_tests) as url:
        yield url


@contextmanager
def fresh_virtual_host(server: TestServer) -> Iterator[str]:
    """The URL of a new virtual host, deleted at the end with all that is in it."""
    name = new_name()
    user = urlsplit(server.url).username or "guest"
    with httpx.Client(base_url=f"{server.management_url}/api/", trust_env=False, timeout=30) as api:
        api.put(f"vhosts/{name}").raise_for_status()
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        api.put(f"permissions/{name}/{quote(user, safe='')}", json=everything).raise_for_status()
        try:
            yield _with_path(server.url, name)
        finally:
            eventually_sync(lambda: api.delete(f"vhosts/{name}").status_code in {204, 404}, timeout=60)


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own, so that no event loop of a test notices."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _version_of(url: str) -> str:
    connection = await asyncpg.connect(url, timeout=30)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


async def _migrate(url: str) -> None:
    engine = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": url}), name="belltower tests")
    try:
        await migrate(engine)
    finally:
        await engine.dispose()
