"""The simulated carrier's web application."""

import asyncio

from starlette.applications import Starlette

from belltower.runtime.health import health_routes, nothing_wrong
from belltower_carrier.exchange import Exchange
from belltower_carrier.settings import CarrierProcessSettings
from belltower_carrier.simulator_api import SimulatorApi
from belltower_carrier.twilio_api import TwilioApi


def create_app(settings: CarrierProcessSettings, exchange: Exchange, stopping: asyncio.Event) -> Starlette:
    """All routes: Twilio's, the simulator's own, and those of every process. No answer is held once `stopping` is set."""
    twilio = TwilioApi(exchange, settings.carrier_account_sid, settings.carrier_auth_token.get_secret_value(), stopping)
    return Starlette(
        routes=[
            *twilio.routes(),
            *SimulatorApi(exchange).routes(),
            *health_routes(live=nothing_wrong, ready=nothing_wrong),
        ]
    )
