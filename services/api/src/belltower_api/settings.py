"""The settings of the API, composed of the shared groups and its own."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from belltower.runtime.settings import (
    BillingSettings,
    CarrierSettings,
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    SchedulingSettings,
    SettingsGroup,
)


class RequestSettings(SettingsGroup):
    """How large requests may be. Bytes."""

    request_limit: int = Field(default=8 * 2**20, ge=2**16, description="Bytes that the body of a request may have.")
    upload_limit: int = Field(default=101 * 2**20, ge=2**16, description="Bytes that an uploaded form may have.")


def _networks(text: str) -> str:
    """Addresses and networks with commas between them."""
    for each in filter(None, text.split(",")):
        try:
            ip_network(each.strip())
        except ValueError as reason:
            raise ValueError(f"{reason}; send addresses and networks such as 10.0.0.1,172.16.0.0/12") from None
    return text


class GatewaySettings(SettingsGroup):
    """Who stands between the clients and the API."""

    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="", description="From whom X-Forwarded-For is believed; empty: from nobody."
    )


class ApiSettings(
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    CarrierSettings,
    BillingSettings,
    SchedulingSettings,
    RequestSettings,
    GatewaySettings,
):
    """Everything that the API reads from its environment."""
