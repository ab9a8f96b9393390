"""Calls a second through the whole path: claim, attempt row, hold, request to the carrier, callbacks, settlement, progress.

The processor that the simulated carrier takes (and the bare server of the baseline) is left out: on a machine whose cores are all
busy, so many calls a second could be made with a carrier that is elsewhere.
"""

import os
import time
from collections.abc import Mapping

from bench.figures import Figure, Found, Goal
from bench.filling import TABLES, fill, settle
from bench.paths.starting import set_up
from bench.raw.pipeline import SCHEMA
from bench.raw.process import raw
from bench.stage import BenchServers, Processor, Stage, staged
from tests.support.eventually import eventually

from belltower_local import ports

CALLS = 6_000
AT_ONCE = 200
QUICK = {"ring_seconds": [0.05, 0.2], "talk_seconds": [0.1, 0.4]}
CORES = os.cpu_count() or 1


async def measure(servers: BenchServers, scale: float) -> Found:
    """One campaign, one dialer, one API."""
    count = int(CALLS * scale)
    rate, used, kept = await _belltower(servers, count)
    raw_rate, raw_used = await _raw(servers, count)
    ours, theirs = _elsewhere(used, "carrier-1", count), _elsewhere(raw_used, "carrier", count)
    each = ", ".join(f"{name} {1000 * seconds / count:.2f}" for name, seconds in used.items())
    raw_each = ", ".join(f"{name} {1000 * seconds / count:.2f}" for name, seconds in raw_used.items())
    return Found(
        "dialling",
        [
            Figure(
                "calls, the carrier's processor left out", ours, "/s", theirs,
                Goal(at_least=0.3, of_raw=True), Goal(at_least=0.6, of_raw=True), more_is_better=True,
                note=f"processor for each call in ms: {each}; raw: {raw_each}",
            ),
            Figure("calls, as they were made", rate, "/s", raw_rate, more_is_better=True),
            *kept,
        ],
    )  # fmt: skip


def _elsewhere(used: Mapping[str, float], carrier: str, count: int) -> float:
    """Calls a second of all cores, if the carrier took none of them."""
    return CORES * count / sum(seconds for name, seconds in used.items() if name != carrier)


async def _belltower(servers: BenchServers, count: int) -> tuple[float, dict[str, float], list[Figure]]:
    async with staged(servers, "dialling") as stage:
        await set_up(stage, behaviour=QUICK)
        await stage.database.execute("UPDATE campaigns SET concurrency = $1", AT_ONCE)
        await fill(stage.database, 1, "timestamptz '2031-05-18 09:30Z'", contacts=count)
        await settle(stage.database, *TABLES)
        before = await _size(stage)
        processor = Processor(*stage.start.services)
        began = time.monotonic()
        await stage.database.execute(
            "UPDATE campaigns SET scheduled_time = now(), next_due_at = now() WHERE scheduled_time = '2031-05-18 09:30Z'"
        )
        await stage.database.execute("NOTIFY belltower_due")

        async def is_done() -> bool:
            return bool(
                await stage.database.fetchval("SELECT EXISTS (SELECT FROM campaigns WHERE status = 'completed')")
            )

        await eventually(is_done, timeout=600, interval=0.1)
        seconds = time.monotonic() - began
        used = processor.used()
        made = await stage.database.fetchval("SELECT count(*) FROM attempts")
        assert made == count, f"{made} calls of {count}"
        after = await _size(stage)
        log, rows, disk = ((after[each] - before[each]) / count for each in range(3))
        kept = [
            Figure("for each call: write-ahead log", log / 1000, "kB"),
            Figure("for each call: rows that stay", rows, ""),
            Figure("for each call: disk, with indexes", disk / 1000, "kB"),
        ]
        return count / seconds, used, kept


async def _size(stage: Stage) -> tuple[float, float, float]:
    """Bytes of write-ahead log so far, rows of calls and their reports and charges, and bytes of the tables that hold them."""
    row = await stage.database.fetchrow(
        """SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS log,
               (SELECT count(*) FROM attempts) + (SELECT count(*) FROM call_events)
                   + (SELECT count(*) FROM ledger_entries) AS rows,
               pg_total_relation_size('attempts') + pg_total_relation_size('call_events')
                   + pg_total_relation_size('ledger_entries') AS disk"""
    )
    return float(row["log"]), float(row["rows"]), float(row["disk"])


async def _raw(servers: BenchServers, count: int) -> tuple[float, dict[str, float]]:
    async with staged(servers, "dialling_raw") as stage:
        await stage.database.execute(SCHEMA)
        port = ports.any_free()
        with raw(stage, "api", str(port)) as carrier:
            processor = Processor(carrier=carrier.pid)
            with raw(stage, "calling", str(count), str(AT_ONCE), f"http://127.0.0.1:{port}") as dialer:
                own = Processor(dialer=dialer.pid)

                async def has_ended() -> bool:
                    return "took" in dialer.words

                await eventually(has_ended, timeout=600)
                used = processor.used() | {"dialer": own.used()["dialer"]}
            return count / float(dialer.words.split("took ")[1]), used
