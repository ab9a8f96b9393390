"""What every test may ask for, and in which order tests run."""

import os
from itertools import chain, groupby, islice
from operator import attrgetter

import pytest
import structlog
from hypothesis import HealthCheck, settings

# How long it takes to think an example up says more about the machine than about the test.
settings.register_profile("belltower", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("belltower")

# What is logged in a test's own process. To draw tracebacks with all local variables takes seconds for each.
*others, _ = structlog.get_config()["processors"]
structlog.configure(
    processors=[*others, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
)

pytest_plugins = [
    "tests.support.servers",
    "tests.support.databases",
    "tests.support.processes",
    "tests.support.world",
    "tests.support.api",
    "tests.support.books",
    "tests.support.dialers",
]

SLOW = {
    "test_api_contract",
    "test_chaos",
    "test_clients",
    "test_crashes",
    "test_drain",
    "test_files",
    "test_many",
    "test_outages",
    "test_poison",
    "test_rolling_upgrade",
    "test_runbook",
    "test_text",
}
"""Modules whose tests take many seconds, most of which they wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share: of the slow tests first, then whole modules, and tests of units to make all shares equal.

    At the end the others have something short to take over.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.path.stem in SLOW]
    units = iter([item for item in items if item.path.stem not in SLOW and item.path.parent.name == "unit"])
    modules = groupby(
        (item for item in items if item.path.stem not in SLOW and item.path.parent.name != "unit"), attrgetter("path")
    )
    shares = [slow[worker::workers] for worker in range(workers)]
    for _, module in modules:
        min(shares, key=len).extend(module)
    size = -(-len(items) // workers)
    for share in shares:
        share.extend(islice(units, max(size - len(share), 0)))
    items[:] = [*chain.from_iterable(shares), *units]
