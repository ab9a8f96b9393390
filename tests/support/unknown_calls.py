"""Calls that nobody could account for, made in a database that has the product's tables."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import text
from tests.support.books import TARIFF

from belltower.db.engine import create_engine
from belltower.db.unknown_calls import NewLook, record_looks
from belltower.domain.call import CallStatus
from belltower.outcomes import Outcomes
from belltower.runtime.settings import DatabaseSettings
from belltower.telephony.provider import CallUpdate

HOLD = "0.20"
LISTED = [
    {
        "carrier_call_id": f"CA{number:032x}",
        "status": "completed",
        "created_at": "2030-05-17T07:30:00+00:00",
        "duration": 20 + number,
        "taken": False,
    }
    for number in range(2)
]
REASON = "The carrier lists 2 calls to this number that could be this one."

_DIAL = """
WITH dialled AS (
    UPDATE contacts SET status = 'calling', next_attempt_at = NULL
    WHERE campaign_id = :campaign AND status = 'waiting' AND next_attempt_at <= clock_timestamp() RETURNING id, campaign_id, phone
),
told AS (
    INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_calling)
    SELECT account_id, id, -(SELECT count(*) FROM dialled), (SELECT count(*) FROM dialled)
    FROM campaigns WHERE id = :campaign
)
INSERT INTO attempts (
    id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier, dialer, time_limit, ring_timeout,
    gated_at, send_by, request_ended_at, request_result, check_at, hold
)
SELECT gen_random_uuid(), campaigns.account_id, campaigns.id, dialled.id, 1, dialled.phone, campaigns.caller_id, 'dialling',
    'simulated', 1, 600, 30, now() - interval '12 minutes', now() - interval '718 seconds', now() - interval '719 seconds',
    'the carrier answered 500 (20500: Internal Server Error)', now() + interval '1 hour', CAST(:hold AS numeric)
FROM dialled JOIN campaigns ON campaigns.id = dialled.campaign_id
ORDER BY dialled.id
RETURNING id
"""


async def lose_calls(outcomes: Outcomes, campaign_id: UUID | str) -> list[UUID]:
    """Have a campaign call everybody who waits, and the carrier unable to say what became of any of these calls.

    What the product writes then is written by the product; only the dialling is the test's.
    """
    async with outcomes.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE campaigns SET status = 'processing', status_actor = 'test', started_at = now() WHERE id = :id"
            ),
            {"id": campaign_id},
        )
        calls = list((await connection.execute(text(_DIAL), {"campaign": campaign_id, "hold": HOLD})).scalars())
    for result in ("in_doubt", "in_doubt", "unknown"):
        async with outcomes.engine.begin() as connection:
            await record_looks(connection, [NewLook(call, "list", result, LISTED, 0) for call in calls])
    for call in calls:
        update = CallUpdate(call, None, CallStatus.UNKNOWN, dedupe_key="reconciler:unknown", reason=REASON)
        await outcomes.apply(update, source="reconciler")
    return calls


def lose_calls_of(database_url: str, campaign_id: str) -> list[UUID]:
    """The same for the campaign of a running product. It is scheduled for later, so that nobody else calls its contacts."""

    async def lose() -> list[UUID]:
        engine = create_engine(DatabaseSettings(database_url=SecretStr(database_url)), name="test")
        try:
            return await lose_calls(Outcomes(engine, TARIFF, check_interval=60), campaign_id)
        finally:
            await engine.dispose()

    with ThreadPoolExecutor(1) as thread:  # a thread in which Playwright plays has a loop already
        return thread.submit(lambda: asyncio.run(lose())).result()
