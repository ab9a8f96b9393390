"""The telephone network misbehaves; or somebody speaks in its name."""

import asyncio
import time
from urllib.parse import urlencode

import httpx
from tests.chaos.findings import Finding
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage, until

from belltower.telephony.twilio.addresses import CALLBACK_PATH

PATIENCE = 60.0


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Have it go wrong for a while, and until it did go wrong."""
    if fault.what == "wrong signatures":
        return await _forge(fault, stage)
    before = await stage.injected(fault.what)
    shares = {name: share for name, share in fault.details.items() if name != "share"}
    shares[fault.what] = fault.details["share"]
    stage.carrier_faults |= shares
    await stage.behave()
    counted = 0.0

    async def happened() -> bool:
        nonlocal counted
        now = await stage.injected(fault.what)
        counted = now - before if now >= before else now  # it starts anew from 0
        return counted > 0

    try:
        await asyncio.sleep(fault.lasts)
        await until(happened, PATIENCE, f"no {fault.what}", interval=0.3)
    finally:
        for name in shares:
            del stage.carrier_faults[name]
        await stage.behave()
    return f"{counted:.0f} times"


async def _forge(fault: FaultPlan, stage: Stage) -> str:
    """Report the end of calls that live without knowing the carrier's secret."""
    refused = 0
    over = time.monotonic() + fault.lasts
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        while time.monotonic() < over + PATIENCE and (time.monotonic() < over or not refused):
            for row in await stage.rows("SELECT id, phone FROM attempts WHERE check_at IS NOT NULL LIMIT 10"):
                url = f"{stage.start.public_url}{CALLBACK_PATH}?{urlencode({'attempt': str(row.id)})}"
                form = {"CallSid": f"CA{row.id.hex}", "To": row.phone, "CallStatus": "completed", "CallDuration": "600"}
                try:
                    answer = await client.post(url, data=form, headers={"X-Twilio-Signature": "Zm9yZ2Vk"})
                except httpx.TransportError:
                    continue
                refused += answer.status_code == httpx.codes.FORBIDDEN
                if answer.is_success:
                    stage.findings.append(Finding("forged report taken", str(row.id), answer.text))
            await asyncio.sleep(0.2)
    if not refused:
        raise NotFired("no forged report was refused")
    return f"{refused} forged reports were refused"
