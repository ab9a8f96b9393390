"""Whoever passes a named point of the flow is killed there, or stands still for a while."""

import asyncio
import os
import signal

import psutil
from tests.chaos.faults.process import is_stopped
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import Stage, until


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Lay a fuse (belltower.runtime.fault) and wait until it has burned."""
    name = fault.target
    new = stage.folder / f"{name}.new"
    new.write_text(f"{fault.what} {fault.details['passage']}", encoding="ascii")
    new.rename(stage.fuses / name)

    async def fired() -> int:
        found = [int(path.name.rpartition("-")[2]) for path in stage.fuses.glob(f"{name}.fired-*")]
        stage.expected_deaths.update(found if fault.what == "kill" else [])
        return found[0] if found else 0

    pid = await until(fired, 90, f"nobody passed {name}", interval=0.02)
    who = next((each for each, service in stage.services.items() if service.pid == pid), f"process {pid}")
    if fault.what == "kill":

        async def has_ended() -> bool:
            return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

        await until(has_ended, 30, f"{who} lives")
        return f"{who} died there"
    await until(lambda: is_stopped(pid), 30, f"{who} did not stand still")
    stage.say(f"{who} stands still at {name} for {fault.lasts:.1f} s")
    await asyncio.sleep(fault.lasts)
    if any(service.pid == pid and service.is_running for service in stage.services.values()):
        os.kill(pid, signal.SIGCONT)
    return f"{who} stood still there for {fault.lasts:.1f} s"
