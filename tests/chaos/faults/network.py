"""A connection between two processes is cut, slow, or open and dead."""

import asyncio
from contextlib import suppress

import httpx
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import Stage, until

TO_CARRIER, TO_POSTGRES = ">carrier", ">postgres"
PATIENCE = 60.0
"""Seconds to wait for traffic that the fault can hit."""


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Break a link, wait, and mend it. It stays broken until somebody has suffered from it."""
    async with httpx.AsyncClient(trust_env=False, timeout=1) as asker:
        return await _inject(fault, stage, asker)


async def _inject(fault: FaultPlan, stage: Stage, asker: httpx.AsyncClient) -> str:
    name = await _who_calls(stage) if fault.target.endswith(TO_CARRIER) else fault.target
    link = stage.links[name]

    async def is_used() -> bool:
        return link.connections > 0

    await until(is_used, PATIENCE, f"nobody used {name}", interval=0.02)
    dropped, held_up = link.dropped, link.held_up

    async def somebody_waited() -> bool:
        if name.endswith(TO_POSTGRES):  # an API that nobody asks anything would not suffer
            with suppress(httpx.HTTPError):
                await asker.get(f"{stage.services[name.removesuffix(TO_POSTGRES)].url}/readyz")
        return link.held_up > held_up

    match fault.what:
        case "cut":
            await link.cut()
            await asyncio.sleep(fault.lasts)
            await link.mend()
            return f"{link.dropped - dropped} connections of {name} were cut"
        case "bury":
            buried = link.connections
            link.bury()
            await until(somebody_waited, PATIENCE, f"nothing went through {name}")
            return f"{buried} connections of {name} were open and dead from then on"
        case "delay":
            seconds = fault.details["seconds"]
            link.delay = lambda: seconds
            try:
                await asyncio.sleep(fault.lasts)
                await until(somebody_waited, PATIENCE, f"nothing went through {name}")
            finally:
                link.delay = lambda: 0
            return f"{link.held_up - held_up} pieces of data on {name} were late by {seconds} s"
        case _:
            link.stall()
            try:
                await asyncio.sleep(fault.lasts)
                await until(somebody_waited, PATIENCE, f"nothing went through {name}")
                if "cut" in fault.what:
                    await link.cut()
                    await link.mend()
            finally:
                link.flow()
            return f"{link.held_up - held_up} pieces of data on {name} were stuck, {link.dropped - dropped} connections cut"


async def _who_calls(stage: Stage) -> str:
    """The way to the carrier of a dialer that calls just now: one that has nobody to call would suffer nothing."""
    before = {name: link.passed for name, link in stage.links.items() if name.endswith(TO_CARRIER)}

    async def most_used() -> str | None:
        name = max(before, key=lambda name: stage.links[name].passed - before[name])
        return name if stage.links[name].passed > before[name] else None

    found: str = await until(most_used, PATIENCE, "nobody calls")
    return found
