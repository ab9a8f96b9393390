"""A process that is killed, or stands still for a while, at a random instant."""

import asyncio

import psutil
from tests.chaos.plan import FaultPlan
from tests.chaos.stage import NotFired, Stage, until


async def inject(fault: FaultPlan, stage: Stage) -> str:
    """Kill or stop a process. It is started again by whoever supervises it."""
    service = stage.services[fault.target]

    async def is_running() -> bool:
        return service.is_running

    await until(is_running, 60, f"{fault.target} did not run")
    pid = service.pid
    if fault.what == "kill -9":
        stage.expected_deaths.add(pid)
        service.kill9()
        if service.exit_code != -9 and service.pid == pid:
            raise NotFired(f"{fault.target} ended with {service.exit_code}")
        return f"process {pid} was ended by SIGKILL"
    service.stop()
    await until(lambda: is_stopped(pid), 10, f"{fault.target} did not stand still")
    await asyncio.sleep(fault.lasts)
    if service.pid == pid:
        service.wake()
    return f"process {pid} stood still for {fault.lasts:.1f} s"


async def is_stopped(pid: int) -> bool:
    """Whether a process stands still, or has ended meanwhile by another fault."""
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
