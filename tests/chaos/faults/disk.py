"""The disk on which the database lies is full."""

import asyncio
import errno
from pathlib import Path

import asyncpg
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage, insist

_PIECE = bytes(64 * 1024)


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Write a file until there is no room, see that Postgres has none either, and delete it."""
    disk = stage.servers.disk
    if disk is None:
        raise NotFired("the database has no disk of its own")
    ballast = disk / "ballast"
    try:
        written = await asyncio.to_thread(_fill, ballast)
        connection = await insist(lambda: asyncpg.connect(stage.servers.database_url, timeout=10))
        try:
            await connection.execute(
                "CREATE TABLE chaos_full AS SELECT repeat(md5(n::text), 50) FROM generate_series(1, 20000) n"
            )
        except asyncpg.DiskFullError as error:
            said = str(error)
        else:
            raise NotFired("Postgres found room")
        finally:
            await connection.close()
        await asyncio.sleep(fault.lasts)
    finally:
        ballast.unlink(missing_ok=True)
    return f"{written / 2**20:.0f} MiB were filled; Postgres said: {said}"


def _fill(file: Path) -> int:
    written = 0
    with file.open("wb", buffering=0) as ballast:
        for piece in (_PIECE, bytes(4096)):
            while True:
                try:
                    written += ballast.write(piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    break
    return written
