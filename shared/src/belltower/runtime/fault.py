"""Named points of the flow at which tests kill or stop a process: `BELLTOWER_FAULT=<point>:<kill|stop>`, or only when it is
about one campaign: `BELLTOWER_FAULT=<point>:<kill|stop>:<its id>`.

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
    "campaign.begun",
    "outcome.before_commit",
]

_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_point, _action, _subject = (os.environ.get("BELLTOWER_FAULT", "") + "::").split(":")[:3]
_armed = bool(_point)


def point(name: Point, subject: object = "") -> None:
    """Die or stop here, once, when a test asked for it; `subject` is what the point is about."""
    global _armed
    if _armed and name == _point and _subject in ("", str(subject)):
        _armed = False
        os.kill(os.getpid(), _SIGNALS[_action])
