"""A connection between two processes is cut, slow, or open and dead."""

import asyncio

from tests.chaos.plan import FaultPlan
from tests.chaos.stage import Stage, until

PATIENCE = 60.0
"""Seconds to wait for traffic that the fault can hit."""


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Break a link, wait, and mend it. It stays broken until somebody has suffered from it."""
    link = stage.links[fault.target]

    async def is_used() -> bool:
        return link.connections > 0

    await until(is_used, PATIENCE, f"nobody used {fault.target}", interval=0.02)
    dropped, held_up = link.dropped, link.held_up

    async def somebody_waited() -> bool:
        return link.held_up > held_up

    match fault.what:
        case "cut":
            await link.cut()
            await asyncio.sleep(fault.lasts)
            await link.mend()
            return f"{link.dropped - dropped} connections were cut"
        case "bury":
            buried = link.connections
            link.bury()
            await until(somebody_waited, PATIENCE, f"nothing went through {fault.target}")
            return f"{buried} connections were open and dead from then on"
        case "delay":
            seconds = fault.details["seconds"]
            link.delay = lambda: seconds
            try:
                await asyncio.sleep(fault.lasts)
                await until(somebody_waited, PATIENCE, f"nothing went through {fault.target}")
            finally:
                link.delay = lambda: 0
            return f"{link.held_up - held_up} pieces of data were late by {seconds} s"
        case _:
            link.stall()
            try:
                await asyncio.sleep(fault.lasts)
                await until(somebody_waited, PATIENCE, f"nothing went through {fault.target}")
                if "cut" in fault.what:
                    await link.cut()
                    await link.mend()
            finally:
                link.flow()
            return f"{link.held_up - held_up} pieces of data were stuck, {link.dropped - dropped} connections cut"
