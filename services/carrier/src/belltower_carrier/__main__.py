"""`python -m belltower_carrier`: a telephone carrier that rings nobody."""

import asyncio
import time
from collections.abc import Callable

from belltower.runtime.process import run, serve_http
from belltower.runtime.settings import load
from belltower.runtime.telemetry import configure_logging
from belltower_carrier.app import create_app
from belltower_carrier.call import Timer
from belltower_carrier.courier import Courier
from belltower_carrier.exchange import Exchange
from belltower_carrier.settings import CarrierProcessSettings
from belltower_carrier.truth import TruthLog


class LoopClock:
    """The wall clock, and the running loop's timers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def time(self) -> float:
        return time.time()

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        return self._loop.call_later(delay, callback)


async def carry(settings: CarrierProcessSettings, truth: TruthLog, stopping: asyncio.Event) -> None:
    """Be the carrier until `stopping`. Calls that live then end when the log file is read again, or are forgotten."""
    courier = Courier(settings.carrier_auth_token.get_secret_value())
    try:
        exchange = Exchange(settings.carrier_account_sid, truth, LoopClock(), courier.deliver)
        exchange.recover()
        await serve_http(create_app(settings, exchange, stopping), settings, stopping)
    finally:
        await courier.close()


def main() -> None:
    """Start the process; it ends with SIGTERM or SIGINT."""
    settings = load(CarrierProcessSettings)
    configure_logging(settings, service="carrier")
    try:
        truth = TruthLog(settings.carrier_log_limit, settings.carrier_log)
    except OSError as error:
        raise SystemExit(f"BELLTOWER_CARRIER_LOG: {settings.carrier_log} cannot be used ({error.strerror}).") from None
    try:
        run(lambda stopping: carry(settings, truth, stopping))
    finally:
        truth.close()


if __name__ == "__main__":
    main()
