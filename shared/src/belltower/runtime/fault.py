"""Named points of the flow at which tests kill or stop a process.

`BELLTOWER_FAULT=<point>:<kill|stop>` does it to this process, `<point>:<kill|stop>:<n>` at its n-th passage,
`<point>:<kill|stop>:<id>` only when it is about the campaign with that id.
`BELLTOWER_FAULT_FUSES=<folder>` does it to whichever process comes by: a file there that is named for a point is a fuse, and
holds what it does and at which passage (`kill 3`). It burns once, and leaves `<point>.fired-<pid>` behind.

Crash safety is a promise about instants; this makes the instants reachable. Without the variables it does nothing.
"""

import os
import signal
from pathlib import Path
from typing import Literal

Point = Literal[
    "scheduler.claimed",
    "scheduler.occurrence_begun",
    "scheduler.contacts_copied",
    "contacts.copying",
    "gate.begun",
    "gate.before_commit",
    "gate.committed",
    "carrier.requested",
    "carrier.placed",
    "takeover.before_ack",
    "campaign.begun",
    "outcome.before_commit",
]

_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_point, _action, _when, *_ = *os.environ.get("BELLTOWER_FAULT", "").split(":"), "", ""
_subject = "" if _when.isdecimal() else _when
_passages = int(_when) if _when.isdecimal() else int(bool(_point))
_fuses = os.environ.get("BELLTOWER_FAULT_FUSES")


def point(name: Point, subject: object = "") -> None:
    """Die or stop here, once, when a test asked for it; `subject` is what the point is about."""
    global _passages
    if _passages and name == _point and _subject in ("", str(subject)):
        _passages -= 1
        if not _passages:
            os.kill(os.getpid(), _SIGNALS[_action])
    if _fuses is not None:
        _burn(Path(_fuses), name)


def _burn(folder: Path, name: Point) -> None:
    """Shorten the fuse of a point. It is moved aside first, so that of all processes one alone does it."""
    fuse, held = folder / name, folder / f"{name}.held-{os.getpid()}"
    try:
        fuse.rename(held)
    except FileNotFoundError:
        return
    action, passage = held.read_text(encoding="ascii").split()
    if int(passage) <= 1:
        held.rename(folder / f"{name}.fired-{os.getpid()}")
        os.kill(os.getpid(), _SIGNALS[action])
        return
    held.write_text(f"{action} {int(passage) - 1}", encoding="ascii")
    held.rename(fuse)
