"""Named points of the flow at which tests kill or stop a process: `BELLTOWER_FAULT=<point>:<kill|stop>`.

Crash safety is a promise about instants; this makes the instants reachable. Without the variable it does nothing.
"""

import os
import signal
from typing import Literal

Point = Literal[
    "scheduler.claimed",
    "scheduler.occurrence_begun",
    "scheduler.contacts_copied",
    "gate.before_commit",
    "gate.committed",
    "carrier.placed",
    "takeover.before_ack",
    "outcome.before_commit",
]

_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_point, _, _action = os.environ.get("BELLTOWER_FAULT", "").partition(":")
_armed = bool(_point)


def point(name: Point) -> None:
    """Die or stop here, once, when a test asked for it."""
    global _armed
    if _armed and name == _point:
        _armed = False
        os.kill(os.getpid(), _SIGNALS[_action])
