"""A file of a million people through the API: validated, E.164, no duplicates, with fields; beside `\\copy` of clean rows."""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import UUID

import httpx
from bench.figures import Figure, Found, Goal
from bench.filling import fill
from bench.paths.starting import FUTURE, set_up
from bench.stage import BenchServers, Processor, Stage, staged

from belltower_local.finding import find_postgres

ROWS = 1_000_000


async def measure(servers: BenchServers, scale: float) -> Found:
    """From the first byte of the file to 201; and psql, into the same table."""
    rows = int(ROWS * scale)
    async with staged(servers, "import") as stage:
        await set_up(stage, dialers=0, schedulers=1)
        with tempfile.TemporaryDirectory(dir=stage.logs) as folder:
            ours, shares = await _upload(stage, Path(folder) / "people.csv", rows)
            theirs = await _copy(stage, Path(folder) / "clean.csv", rows)
    return Found(
        "contact import",
        [
            Figure(
                f"{rows:,} rows into a campaign", rows / ours, "/s", rows / theirs,
                Goal(at_least=0.25, of_raw=True), Goal(at_least=0.5, of_raw=True), more_is_better=True, note=shares,
            ),
            Figure("seconds", ours, "s", theirs),
        ],
    )  # fmt: skip


async def _upload(stage: Stage, file: Path, rows: int) -> tuple[float, str]:
    api = next(service for service in stage.start.services if service.name == "api-1")
    with file.open("w", encoding="utf-8") as lines:
        lines.write("phone,name,city\n")
        lines.writelines(f"+1415{2_000_000 + row},Person {row},Springfield\n" for row in range(rows))
    form = {
        "name": "Bench",
        "welcome_message": "Hello {{name}} in {{city}}.",
        "is_scheduled": "true",
        "scheduled_time": FUTURE,
    }
    processor = Processor(*stage.start.services)
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=api.url, trust_env=False, timeout=600) as client:
        with file.open("rb") as content:
            answer = await client.post(
                "/api/campaigns/upload",
                data=form,
                files={"file": ("people.csv", content)},
                headers={"Authorization": f"Bearer {stage.api_key}"},
            )
    seconds = time.monotonic() - began
    assert answer.status_code == 201, answer.text
    assert answer.json()["progress"]["total"] == rows
    used = ", ".join(f"{name} {each:.1f}" for name, each in processor.used().items() if each > 0.1)
    return seconds, f"seconds of processor: {used}"


async def _copy(stage: Stage, file: Path, rows: int) -> float:
    await fill(stage.database, 1, "timestamptz '2032-05-18 09:30Z'")
    campaign: UUID = await stage.database.fetchval(
        "SELECT id FROM campaigns WHERE scheduled_time = '2032-05-18 09:30Z'"
    )
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(
            f'{campaign},+1415{3_000_000 + row},Person {row},"{{""city"": ""Springfield""}}",2026-01-01 00:00:00Z\n'
            for row in range(rows)
        )
    programs = find_postgres()
    assert programs is not None
    command = rf"\copy contacts (campaign_id, phone, name, fields, next_attempt_at) FROM '{file}' CSV"
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(programs / "psql", stage.database_url, "-qc", command)
    assert await process.wait() == 0
    return time.monotonic() - began
