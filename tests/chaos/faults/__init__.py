"""What is broken: a module for each kind.

Each has `inject(fault, stage)`, which does it, waits until it is over, and returns the proof that it happened, as a sentence;
it raises `NotFired` where there is none.
"""

from collections.abc import Awaitable, Callable

from tests.chaos.faults import carrier, clock, connections, database_clock, disk, network, point, process, servers
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import Stage

Inject = Callable[[FaultPlan, Stage], Awaitable[str]]

INJECT: dict[str, Inject] = {
    "process": process.inject,
    "point": point.inject,
    "servers": servers.inject,
    "network": network.inject,
    "carrier": carrier.inject,
    "connections": connections.inject,
    "clock": clock.inject,
    "database_clock": database_clock.inject,
    "disk": disk.inject,
}
