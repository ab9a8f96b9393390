"""What Belltower takes while it has nothing to do: processor, memory, and how long each service takes to be ready."""

import asyncio
import time
from statistics import median

import psutil
from bench.figures import Figure, Found, Goal
from bench.filling import TABLES, fill, settle
from bench.paths.idle_lateness import LATER
from bench.paths.starting import set_up
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, Processor, Stage, staged

from belltower_local import ports

FUTURE = 1_000_000
SECONDS = 60.0
STARTS = 3
MB = 2**20


async def measure(servers: BenchServers, scale: float) -> Found:
    """Everything is up, nothing is due, and a million campaigns wait for their time."""
    figures: list[Figure] = []
    async with staged(servers, "rest") as stage:
        await set_up(stage)
        await fill(stage.database, int(FUTURE * scale), LATER)
        await settle(stage.database, *TABLES)
        await asyncio.sleep(5)
        processor = Processor(*stage.start.services)
        await asyncio.sleep(SECONDS * max(scale, 0.2))
        for name, used in processor.shares().items():
            most = 1.0 if name == "postgres" else 0.5
            figures.append(Figure(f"{name}, of a core", 100 * used, "%", bar=Goal(at_most=most)))
        for service in stage.start.services:
            memory = psutil.Process(service.pid).memory_info().rss / MB
            figures.append(Figure(f"{service.name}, memory", memory, "MB", bar=Goal(at_most=100)))
    async with staged(servers, "starts") as stage:
        await stage.open_account()
        await stage.database.execute(SCHEMA)
        theirs = median([_start_raw(stage) for _ in range(STARTS)])
        stage.serve("carrier")
        for kind in ("api", "scheduler", "dialer"):
            seconds = median([_start(stage, kind) for _ in range(STARTS)])
            figures.append(Figure(f"{kind}, from nothing to ready", seconds, "s", theirs, Goal(at_most=1.5)))
    return Found("at rest", figures)


def _start(stage: Stage, kind: str) -> float:
    began = time.monotonic()
    service = stage.serve(kind)
    seconds = time.monotonic() - began
    service.end()
    stage.start.services.remove(service)
    return seconds


def _start_raw(stage: Stage) -> float:
    """A bare FastAPI with a pool of connections."""
    began = time.monotonic()
    with raw(stage, "api", str(ports.any_free())):
        return time.monotonic() - began
