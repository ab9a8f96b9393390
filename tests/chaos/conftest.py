"""What runs need of this machine, and the table at the end."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import pytest
from tests.chaos.plan import Plan
from tests.chaos.run import FOLDER
from tests.chaos.small_disk import can_be_made, small_disk
from tests.chaos.stage import Servers
from tests.support.servers import CHECKOUT, PREFIX, TestServer, _execute, _run, fresh_database, fresh_virtual_host

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
            missing.add("clock")
    if not can_be_made(postgres_for_tests):
        missing.add("disk")
    if None in (postgres_for_tests.restart, rabbitmq_for_tests.restart):
        missing.add("servers")
    return missing


@pytest.fixture
def provide(postgres_for_tests: TestServer, rabbitmq_for_tests: TestServer, migrated_template: str) -> Provide:
    """Makes what a run needs: a database (on a small disk, if that will be filled) and a virtual host."""

    @contextmanager
    def provided(plan: Plan) -> Iterator[Servers]:
        template = f'TEMPLATE "{migrated_template}"'
        with fresh_virtual_host(rabbitmq_for_tests) as amqp_url:
            if not any(fault.kind == "disk" for fault in plan.faults):
                with fresh_database(postgres_for_tests.url, template) as url:
                    yield Servers(postgres_for_tests, rabbitmq_for_tests, url, amqp_url)
                return
            space = f"{PREFIX}_disk_{next(_numbers)}"
            with small_disk(f"chaos-{os.getpid()}-{space}") as disk:
                _run(_execute(postgres_for_tests.url, f"CREATE TABLESPACE \"{space}\" LOCATION '{disk}'"))
                try:
                    with fresh_database(postgres_for_tests.url, f'{template} TABLESPACE "{space}"') as url:
                        yield Servers(postgres_for_tests, rabbitmq_for_tests, url, amqp_url, disk)
                finally:
                    _run(_execute(postgres_for_tests.url, f'DROP TABLESPACE "{space}"'))

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
