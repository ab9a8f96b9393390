"""What the paths about a campaign's start share: what is running, and when each campaign began."""

import asyncio
import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.filling import fill
from bench.raw.http import Client
from bench.raw.process import RawProcess
from bench.stage import Stage
from tests.support.processes import Service

CALLS = {"ring_seconds": [0.5, 1.0], "talk_seconds": [1.0, 2.0]}
FUTURE = "2031-05-17T09:30:00Z"
NUMBER = "+14152000000"


async def set_up(
    stage: Stage,
    *,
    schedulers: int = 1,
    dialers: int = 1,
    behaviour: Mapping[str, object] | None = None,
    settings: Mapping[str, str] | None = None,
) -> list[Service]:
    """Start everything with one account and one campaign of the far future, of which others are copied; the dialers,
    which have these `settings`.
    """
    await stage.open_account()
    carrier = stage.serve("carrier")
    await stage.behave(carrier, **(behaviour or CALLS))
    api = stage.serve("api")
    for _ in range(schedulers):
        # Its hourly audit begins a minute after its start, and would be what is measured then.
        stage.serve("scheduler", BELLTOWER_AUDIT_INTERVAL="0")
    found = [stage.serve("dialer", **(settings or {})) for _ in range(dialers)]
    client = await Client.open(api.url)
    pattern = {
        "name": "Bench",
        "welcome_message": "Hello.",
        "max_attempts": 1,
        "phone_numbers": [NUMBER],
        "is_scheduled": True,
    }
    answer = await client.post(
        "/api/campaigns", pattern | {"scheduled_time": FUTURE}, authorization=f"Bearer {stage.api_key}"
    )
    assert answer.status == 201, answer.body
    client.close()
    return found


async def at_random(stage: Stage, count: int, seconds: float) -> dict[str, float]:
    """Have so many campaigns due at random instants from a moment on; when, by their ids."""
    begin = datetime.now(UTC) + timedelta(seconds=3)
    await fill(
        stage.database, count, f"timestamptz '{begin.isoformat()}' + random() * interval '{seconds} seconds'", first=1
    )
    rows = await stage.database.fetch(
        "SELECT id, scheduled_time FROM campaigns WHERE scheduled_time BETWEEN $1 AND $2",
        begin,
        begin + timedelta(seconds=seconds),
    )
    await asyncio.sleep(3 + seconds)
    return {str(row["id"]): row["scheduled_time"].timestamp() for row in rows}


def begun(logs: Iterable[str]) -> dict[str, float]:
    """When `process_campaign()` began, by campaign, as dialers wrote it down. The first time, whichever dialer's it was."""
    found: dict[str, float] = {}
    for log in logs:
        for line in log.splitlines():
            if '"campaigns_taken"' in line:
                entry = json.loads(line)
                at = datetime.fromisoformat(entry["timestamp"]).timestamp()
                for campaign in entry["campaigns"]:
                    found[campaign] = min(found.get(campaign, at), at)
    return found


def taken_raw(dialer: RawProcess) -> dict[str, float]:
    """The same of the raw dialer."""
    lines = (line.split() for line in dialer.words.splitlines())
    return {words[0]: float(words[1]) for words in lines if len(words) == 2}


def lateness(due: Mapping[str, float], began: Mapping[str, float]) -> list[float]:
    """Milliseconds from each campaign's instant to its beginning."""
    missing = due.keys() - began.keys()
    assert not missing, f"{len(missing)} of {len(due)} did not begin"
    return [1000 * (began[campaign] - at) for campaign, at in due.items()]


async def raw_at_random(stage: Stage, count: int, seconds: float) -> dict[str, float]:
    """What `at_random` does, for the raw pipeline."""
    begin = datetime.now(UTC) + timedelta(seconds=3)
    instants = [begin + timedelta(seconds=random.uniform(0, seconds)) for _ in range(count)]
    rows = await stage.database.fetch(
        """INSERT INTO raw_campaigns (id, message, status, next_due_at)
           SELECT gen_random_uuid(), 'Hello.', 'scheduled', due FROM unnest($1::timestamptz[]) AS due
           RETURNING id, next_due_at""",
        instants,
    )
    await stage.database.execute("NOTIFY raw")
    await asyncio.sleep(3 + seconds)
    due: dict[UUID, datetime] = {row["id"]: row["next_due_at"] for row in rows}
    return {str(campaign): at.timestamp() for campaign, at in due.items()}
