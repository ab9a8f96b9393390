"""The settings of the API, composed of the shared groups and its own."""

from pydantic import Field

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


class ApiSettings(
    DatabaseSettings, HttpSettings, LogSettings, CarrierSettings, BillingSettings, SchedulingSettings, RequestSettings
):
    """Everything that the API reads from its environment."""
