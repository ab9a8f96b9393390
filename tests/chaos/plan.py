"""What happens in a run: who calls whom when, and what is broken when. All of it follows from the seed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

SERVICES = ("api-1", "api-2", "carrier-1", "scheduler-1", "scheduler-2", "dialer-1", "dialer-2", "dialer-3", "dialer-4")
"""All processes of a run, as `Start` names them. The carrier reports to the first API, users speak to the second."""

LENGTH = 18.0
"""Seconds from the first campaign to the last fault's beginning."""

POINTS = {
    "gate.begun": 8,
    "gate.before_commit": 8,
    "gate.committed": 8,
    "carrier.requested": 60,
    "carrier.placed": 60,
    "takeover.before_ack": 3,
    "scheduler.claimed": 3,
    "scheduler.contacts_copied": 1,
    "contacts.copying": 12,
    "outcome.before_commit": 150,
}
"""Named points, and up to which passage the seed may choose one: each is passed more often than that in every run."""
EARLY = {"scheduler.contacts_copied", "contacts.copying", "takeover.before_ack", "scheduler.claimed"}
"""Points that are passed as campaigns are made and started: their fuses are laid before."""
_OFTEN = (*POINTS, "gate.begun", "gate.begun", "contacts.copying", "contacts.copying")


@dataclass(frozen=True, slots=True)
class Move:
    """What a user has a campaign do, so many seconds after it was created."""

    at: float
    what: str
    """pause, resume, cancel, start, or edit."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign that a user creates."""

    kind: str
    at: float
    """When it is created: seconds from the beginning."""
    first: int
    """The first of its numbers."""
    contacts: int
    concurrency: int
    max_attempts: int = 1
    ahead: float | None = None
    """Seconds until its scheduled time; None: it starts at once."""
    moves: tuple[Move, ...] = ()
    added: int = 0
    """How many contacts an edit adds."""

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody cancels it: then nobody has to be called."""
        return any(move.what == "cancel" for move in self.moves)

    def __str__(self) -> str:
        words = [f"{self.at:5.1f} s  {self.kind}: {self.contacts} contacts, {self.concurrency} at once"]
        if self.max_attempts > 1:
            words.append(f"{self.max_attempts} attempts")
        if self.ahead is not None:
            words.append(f"due {self.ahead:.1f} s later")
        words += [f"{move.what} after {move.at:.2f} s" for move in self.moves]
        if self.added:
            words.append(f"{self.added} contacts added")
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Something that is broken."""

    kind: str
    """The module of `faults` that does it."""
    what: str
    at: float
    """Seconds from the beginning."""
    lasts: float = 0.0
    target: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [f"{self.at:5.1f} s  {self.kind}: {self.what}"]
        words += [self.target] if self.target else []
        words += [f"for {self.lasts:.1f} s"] if self.lasts else []
        words += [f"{name}={value}" for name, value in self.details.items()]
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run."""

    seed: int
    campaigns: tuple[CampaignPlan, ...]
    faults: tuple[FaultPlan, ...]
    behaviour: dict[str, Any]
    """What the telephone network does from the beginning."""
    quick: bool

    @property
    def database_ahead(self) -> int:
        """By how many seconds the database's clock is ahead at most: it opens calling hours earlier by that."""
        steps = [int(fault.details["seconds"]) for fault in self.faults if fault.kind == "database_clock"]
        return max([0, *steps])

    def __str__(self) -> str:
        people = sum(each.contacts + each.added for each in self.campaigns)
        lines = [f"seed {self.seed}: {len(self.campaigns)} campaigns, {people} contacts, {len(self.faults)} faults"]
        lines += [f"  {each}" for each in self.campaigns]
        lines += [f"  {each}" for each in self.faults]
        lines.append(f"  network: {self.behaviour}")
        return "\n".join(lines)


KINDS = {
    "process": 5,
    "point": 6,
    "servers": 2,
    "network": 4,
    "carrier": 4,
    "connections": 1,
    "clock": 2,
    "disk": 1,
    "database_clock": 1,
}
_ONCE = ("connections", "disk", "clock", "database_clock")
OWN_SERVER = {"database_clock"}
"""What needs a Postgres of its own."""
"""The kinds of faults, and how often each is drawn beside the others."""


def make_plan(seed: int, *, without: Collection[str] = (), quick: bool = False) -> Plan:
    """The run of a seed. `without` are kinds of faults that cannot be had on this machine.

    A `quick` one has no fault that takes long to get over: no server that starts anew, nobody who stands still until he lapses.
    """
    random = Random(f"belltower chaos {seed}")
    campaigns = tuple(_campaigns(random))
    weights = {kind: weight for kind, weight in KINDS.items() if kind not in without}
    if quick:
        weights = {kind: weight for kind, weight in weights.items() if kind not in OWN_SERVER}
    faults: list[FaultPlan] = []
    while len(faults) < 5:
        drawn = [_fault(random, kind, quick=quick) for kind in _some_kinds(random, weights)]
        faults = _settled(sorted(drawn, key=lambda fault: fault.at))
    return Plan(seed, campaigns, tuple(faults), _behaviour(random, seed, quick=quick), quick)


def _some_kinds(random: Random, weights: dict[str, int]) -> Sequence[str]:
    """Five to eight kinds of faults, three of them different at least; what needs a server of its own comes once at most."""
    names, counts = list(weights), list(weights.values())
    while True:
        chosen = random.choices(names, counts, k=random.randint(5, 8))
        once = all(chosen.count(kind) <= 1 for kind in _ONCE)
        if len(set(chosen)) >= 3 and once and chosen.count("servers") <= 2:
            return chosen


def _campaigns(random: Random) -> list[CampaignPlan]:
    first = 0
    made: list[CampaignPlan] = []

    def campaign(kind: str, contacts: int, **more: Any) -> None:
        nonlocal first
        at = round(random.uniform(0, 9), 2)
        concurrency = random.randint(4, 12)
        made.append(CampaignPlan(kind, at, first, contacts, concurrency, **more))
        first += contacts + more.get("added", 0)

    def size() -> int:
        return random.randint(63, 78)

    def instant(low: float, high: float) -> float:
        return round(random.uniform(low, high), 2)

    paused = instant(0.5, 3)
    campaign("immediate", size())
    campaign("scheduled", size(), ahead=instant(2, 8))
    campaign("retries", size(), max_attempts=random.randint(2, 3))
    campaign("window", 25)
    campaign("series", 25, ahead=instant(3, 8))
    campaign(
        "paused",
        size(),
        moves=(Move(paused, "pause"), Move(paused + random.choice((0.02, 0.2, 1.0, 3.0)), "resume")),
        max_attempts=random.randint(1, 2),
    )
    campaign("uploaded", size() + 20)
    campaign("edited", 50, ahead=instant(5, 9), moves=(Move(instant(0.1, 4), "edit"),), added=15)
    campaign("cancelled", size(), moves=(Move(instant(0.5, 4), "cancel"),))
    # Small ones that are changed just as their last call ends.
    for _ in range(random.randint(4, 8)):
        paused = instant(0.1, 1.0)
        edited = paused + random.choice((0.0, 0.1, 0.3, 0.6))
        resumed = edited + random.choice((0.1, 0.5, 1.5))
        moves = (Move(paused, "pause"), Move(edited, "edit"), Move(resumed, "resume"))
        campaign("changed", random.randint(2, 6), moves=moves, added=2)
    return sorted(made, key=lambda each: each.at)


def _fault(random: Random, kind: str, *, quick: bool) -> FaultPlan:
    at = round(random.uniform(1.5, LENGTH * (0.6 if quick else 1)), 2)
    while True:
        match kind:
            case "process":
                target = random.choice(SERVICES)
                if random.random() < 0.6:
                    return FaultPlan(kind, "kill -9", at, target=target)
                short = round(random.uniform(0.5, 4), 1)
                lasts = short if quick or target == "carrier-1" else random.choice((short, short, 13.0))
                return FaultPlan(kind, "SIGSTOP", at, lasts, target)
            case "point":
                name = random.choice(_OFTEN)
                action = "kill" if random.random() < 0.6 else "stop"
                passage = random.randint(1, POINTS[name])
                if quick and name in ("gate.committed", "carrier.requested"):
                    continue
                short = round(random.uniform(1, 4), 1)
                lasts = 0.0 if action == "kill" else short if quick else random.choice((short, 14.0))
                if name == "gate.begun" and not quick and random.random() < 0.7:
                    action, lasts = "stop", 14.0  # its campaigns are another's as it wakes
                if name == "contacts.copying":
                    action, lasts = ("kill", 0.0) if random.random() < 0.3 else ("stop", short)
                at = 0.0 if name in EARLY else round(random.uniform(1.0, 7.0), 2)
                return FaultPlan(kind, action, at, lasts, name, {"passage": passage})
            case "servers":
                what = random.choice(
                    (
                        "kill Postgres",
                        "restart Postgres",
                        "delete all queues",
                        "wipe RabbitMQ",
                        "kill RabbitMQ",
                        "restart RabbitMQ",
                    )
                )
                if quick and what in ("kill RabbitMQ", "restart RabbitMQ"):
                    continue
                return FaultPlan(kind, what, at)
            case "network":
                link = random.choice(
                    (
                        *(f"{service}>postgres" for service in SERVICES if service != "carrier-1"),
                        "scheduler-1>rabbitmq",
                        "dialer-2>rabbitmq",
                        "dialer-1>carrier",
                        "dialer-2>carrier",
                        "dialer-3>carrier",
                        "carrier-1>api",
                    )
                )
                what = random.choice(("cut", "stall", "stall and cut", "delay"))
                if not quick and link.startswith("dialer") and random.random() < 0.3:
                    what = "bury"
                longest = 3 if quick else 9
                lasts = round(random.uniform(1, longest), 1)
                details = {"seconds": random.choice((0.02, 0.1, 0.3))} if what == "delay" else {}
                latest = 8.0 if link.endswith(">carrier") else 12.0  # later a dialer may have nobody left to call
                return FaultPlan(kind, what, min(at, latest), lasts, link, details)
            case "carrier":
                what = random.choice(
                    (
                        "too_many_requests",
                        "error_before_ringing",
                        "error_after_accepting",
                        "held_answer",
                        "garbled_answer",
                        "callback_lost",
                        "callback_doubled",
                        "callback_late",
                        "callback_reordered",
                        "wrong signatures",
                    )
                )
                if quick and what in ("held_answer", "callback_lost", "error_before_ringing"):
                    continue
                share = round(random.uniform(0.1, 0.45), 2)
                details = {"share": share}
                if what == "error_after_accepting" and share > 0.25 and not quick:
                    details["callback_late"] = 0.9  # of such a call nobody hears at first but who asks the carrier
                return FaultPlan(kind, what, round(min(at, 8.0), 2), round(random.uniform(2, 6), 1), details=details)
            case "connections":
                return FaultPlan(kind, "take all", min(at, 10.0), round(random.uniform(1, 5), 1))
            case "clock":
                target = random.choice([service for service in SERVICES if service != "carrier-1"])
                step = random.choice((-3600, -30, -5, 5, 30, 3600))
                return FaultPlan(kind, "step", min(at, 8.0), round(random.uniform(3, 8), 1), target, {"seconds": step})
            case "database_clock":
                step = random.choice((-30, -5, 5, 30))
                return FaultPlan(kind, "step", min(at, 12.0), round(random.uniform(3, 8), 1), details={"seconds": step})
            case "disk":
                return FaultPlan(kind, "fill the database's disk", min(at, 8.0), round(random.uniform(1, 4), 1))
        raise AssertionError(kind)


def _settled(faults: Sequence[FaultPlan]) -> list[FaultPlan]:
    """No two fuses at one point, and one fault at a time of what only one can have: the telephone network, a link, a process."""
    busy: dict[tuple[str, str], float] = {}
    settled = []
    for fault in faults:
        key = (fault.kind, fault.target if fault.kind != "carrier" else "")
        if fault.kind == "point" and key in busy:
            continue
        at = max(fault.at, busy.get(key, 0.0))
        busy[key] = at + fault.lasts + 3
        settled.append(FaultPlan(fault.kind, fault.what, at, fault.lasts, fault.target, fault.details))
    return settled


def _behaviour(random: Random, seed: int, *, quick: bool) -> dict[str, Any]:
    faults = {"too_many_requests": 0.01, "callback_doubled": 0.03, "callback_reordered": 0.03}
    if not quick and random.random() < 0.5:
        faults |= {"callback_lost": 0.01, "error_after_accepting": 0.02}
    return {
        "outcomes": {"answered": 7, "busy": 2, "no_answer": 1, "failed": 0.3},
        "ring_seconds": [0.05, 0.5],
        "talk_seconds": [0.1, 1.0],
        "no_answer_seconds": [0.3, 1.0],
        "late_seconds": [3, 22],
        "hold_seconds": 12,
        "faults": faults,
        "seed": seed,
    }
