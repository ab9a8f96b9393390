"""The settings of the API, composed of the shared groups and its own."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

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


class CallbackSettings(SettingsGroup):
    """What the carrier's callbacks have for themselves."""

    callback_pool_size: int = Field(
        default=5, ge=1, le=200, description="Connections that only the carrier's callbacks use: no reader takes them."
    )


class WebSettings(SettingsGroup):
    """The web app's place."""

    web_folder: Path | None = Field(
        default=None,
        description="Folder of the built web app, where no gateway serves it; empty: it is served elsewhere.",
    )

    @field_validator("web_folder", mode="after")
    @classmethod
    def _has_the_page(cls, folder: Path | None) -> Path | None:
        if folder is not None and not (folder / "index.html").is_file():
            raise ValueError(f"there is no web app in {folder}; build it with `make web`, or leave this empty")
        return folder


class ApiSettings(
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    CarrierSettings,
    BillingSettings,
    SchedulingSettings,
    RequestSettings,
    GatewaySettings,
    CallbackSettings,
    WebSettings,
):
    """Everything that the API reads from its environment."""
