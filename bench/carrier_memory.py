"""What 5,000 simultaneous 60-second calls cost the simulated carrier, and what it costs when nothing happens.

    python bench/carrier_memory.py [CALLS] [TALK_SECONDS]

Starts a carrier, places the calls through `TwilioCarrier`, takes the callbacks, and prints the carrier's memory and CPU.
"""

import asyncio
import os
import sys
import time
from uuid import uuid4

import httpx
import psutil
import uvloop
from aiohttp import web
from pydantic import SecretStr

from belltower.runtime.clock import boot_time
from belltower.runtime.settings import CarrierKind, CarrierSettings
from belltower.telephony.provider import CallRequest, Placed
from belltower.telephony.twilio.addresses import CALLBACK_PATH
from belltower.telephony.twilio.client import TwilioCarrier
from belltower_local import ports

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
TALK = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
UNDER_WAY = 100
IDLE = 10.0
MIB = 2**20


async def main() -> None:
    port, public = ports.any_free(), ports.any_free()
    origin = f"http://127.0.0.1:{port}"
    settings = CarrierSettings(
        carrier=CarrierKind.SIMULATED,
        carrier_url=origin,
        carrier_account_sid="AC1",
        carrier_auth_token=SecretStr("secret"),
        public_url=f"http://127.0.0.1:{public}",
    )
    environment = os.environ | {
        "BELLTOWER_CARRIER_ACCOUNT_SID": "AC1",
        "BELLTOWER_CARRIER_AUTH_TOKEN": "secret",
        "BELLTOWER_HTTP_PORT": str(port),
        "BELLTOWER_LOG_LEVEL": "warning",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "belltower_carrier", env=environment)
    watched = psutil.Process(process.pid)
    carrier = TwilioCarrier(settings)
    caught = 0

    async def take(_: web.Request) -> web.Response:
        nonlocal caught
        caught += 1
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post(CALLBACK_PATH, take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", public).start()
    try:
        async with httpx.AsyncClient(base_url=origin) as http:
            while True:
                try:
                    await http.get("/readyz")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
            print(f"started: {watched.memory_info().rss / MIB:.0f} MiB")
            await _idle(watched, "idle at first")
            behaviour = {"ring_seconds": [0.5, 1], "talk_seconds": [TALK, TALK]}
            (await http.put("/_simulator/behaviour", json=behaviour)).raise_for_status()
            began, cpu = time.perf_counter(), _cpu(watched)
            await _place_all(carrier)
            took = time.perf_counter() - began
            print(f"{CALLS} calls placed in {took:.1f} s ({CALLS / took:.0f} a second)")
            peak, live = 0, 0
            while caught < CALLS * 4 and time.perf_counter() - began < took + TALK + 30:
                peak = max(peak, watched.memory_info().rss)
                metrics = (await http.get("/metrics")).text.splitlines()
                live = max(
                    live,
                    int(float(next(m for m in metrics if m.startswith("belltower_carrier_calls_live ")).split()[1])),
                )
                await asyncio.sleep(0.5)
            cpu = _cpu(watched) - cpu
            print(f"most calls at once: {live}; most memory: {peak / MIB:.0f} MiB; callbacks: {caught} of {CALLS * 4}")
            print(f"CPU: {cpu:.1f} s, {cpu / CALLS * 1000:.2f} ms a call")
            await _idle(watched, "idle afterwards")
    finally:
        await carrier.close()
        await runner.cleanup()
        process.terminate()
        print(f"exit code: {await process.wait()}")


async def _place_all(carrier: TwilioCarrier) -> None:
    numbers = iter(range(CALLS))

    async def worker() -> None:
        for number in numbers:
            placed = await carrier.place(
                CallRequest(
                    attempt_id=uuid4(),
                    campaign_id=uuid4(),
                    to=f"+1415{number:07d}",
                    caller_id="+14155550100",
                    message="This is a message of usual length, as a campaign would have it.",
                    language="en-US",
                    voice="Polly.Joanna",
                    stream_url=None,
                    contact_id=number,
                    ring_timeout=30,
                    time_limit=600,
                    send_by=boot_time() + 5,
                )
            )
            assert isinstance(placed, Placed), placed

    await asyncio.gather(*(worker() for _ in range(UNDER_WAY)))


async def _idle(watched: psutil.Process, when: str) -> None:
    cpu = _cpu(watched)
    await asyncio.sleep(IDLE)
    print(f"{when}: {(_cpu(watched) - cpu) / IDLE:.2%} of a core, {watched.memory_info().rss / MIB:.0f} MiB")


def _cpu(watched: psutil.Process) -> float:
    times = watched.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    uvloop.run(main())
