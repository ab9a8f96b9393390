"""What runs need of this machine, and the table at the end."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count

import pytest
from tests.chaos.own_clock import postgres_with_own_clock
from tests.chaos.plan import Plan
from tests.chaos.run import FOLDER
from tests.chaos.small_disk import can_be_made, small_disk
from tests.chaos.stage import Servers
from tests.support.servers import (
    CHECKOUT,
    PREFIX,
    TestServer,
    _execute,
    _migrate,
    _run,
    fresh_database,
    fresh_virtual_host,
)

from belltower_local import packages
from belltower_local.finding import find_libfaketime

Provide = Callable[[Plan], AbstractContextManager[Servers]]

_numbers = count(1)
_BEGAN = time.time()


@pytest.fixture(scope="session")
def without(postgres_for_tests: TestServer, rabbitmq_for_tests: TestServer) -> set[str]:
    """The kinds of faults that cannot be had here."""
    missing = set()
    if find_libfaketime() is None:
        try:
            packages.install(["libfaketime"], CHECKOUT / ".run" / "packages.log")
        except packages.SetupError:
            missing |= {"clock", "database_clock"}
    if postgres_for_tests.origin != "native":
        missing.add("database_clock")
    if not can_be_made(postgres_for_tests):
        missing.add("disk")
    if None in (postgres_for_tests.restart, rabbitmq_for_tests.restart):
        missing.add("servers")
    return missing


@pytest.fixture
def provide(postgres_for_tests: TestServer, rabbitmq_for_tests: TestServer, migrated_template: str) -> Provide:
    """Makes what a run needs: a virtual host and a database, on a server with a clock of its own or on a small disk, if that is
    what will be set or filled."""

    @contextmanager
    def provided(plan: Plan) -> Iterator[Servers]:
        kinds = {fault.kind for fault in plan.faults}
        with ExitStack() as stack:
            amqp_url = stack.enter_context(fresh_virtual_host(rabbitmq_for_tests))
            postgres, options, clock, disk = postgres_for_tests, f'TEMPLATE "{migrated_template}"', None, None
            if "database_clock" in kinds:
                postgres, clock = stack.enter_context(postgres_with_own_clock())
                options = "ENCODING 'UTF8' TEMPLATE template0"
            if "disk" in kinds:
                space = f"{PREFIX}_disk_{next(_numbers)}"
                disk = stack.enter_context(small_disk(f"chaos-{os.getpid()}-{space}"))
                _run(_execute(postgres.url, f"CREATE TABLESPACE \"{space}\" LOCATION '{disk}'"))
                stack.callback(lambda: _run(_execute(postgres.url, f'DROP TABLESPACE "{space}"')))
                options += f' TABLESPACE "{space}"'
            url = stack.enter_context(fresh_database(postgres.url, options))
            if clock is not None:
                _run(_migrate(url))
            yield Servers(postgres, rabbitmq_for_tests, url, amqp_url, disk, clock)

    return provided


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What all runs came to, of whichever worker."""
    files = [file for file in sorted((FOLDER / "results").glob("*.json")) if file.stat().st_mtime >= _BEGAN]
    results = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    if not results:
        return
    kinds = Counter(kind for result in results for kind in result["proven"])
    seen = [result["verdict"] for result in results]
    total = {
        name: sum(verdict[name] for verdict in seen)
        for name in ("contacts", "calls", "rang", "lost", "doubled", "unknown")
    }
    seconds = [result["seconds"] for result in results]
    passed = sum(result["passed"] for result in results)
    lines = [
        f"runs      {len(results)}, of which {passed} passed",
        f"faults    {sum(kinds.values())} proven: "
        + ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())),
        "totals    " + ", ".join(f"{name} {number}" for name, number in total.items()),
        f"seconds   {sum(seconds):.0f} in all, {max(seconds):.0f} the longest",
    ]
    deaths = Counter[str]()
    for result in results:
        deaths.update(result["deaths"])
    if deaths:
        lines.append(
            "ended by themselves: " + ", ".join(f"{name} {number} times" for name, number in sorted(deaths.items()))
        )
    terminalreporter.section("chaos")
    for line in lines:
        terminalreporter.write_line(line)
