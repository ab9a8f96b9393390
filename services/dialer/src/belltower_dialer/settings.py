"""The dialer's settings."""

from pydantic import Field

from belltower.runtime.settings import (
    BillingSettings,
    BrokerSettings,
    CallSettings,
    CarrierSettings,
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    SchedulingSettings,
)


class DialerSettings(
    CarrierSettings,
    CallSettings,
    BillingSettings,
    SchedulingSettings,
    DatabaseSettings,
    BrokerSettings,
    HttpSettings,
    LogSettings,
):
    """All that a dialer's process needs."""

    max_owned: int = Field(
        default=50_000, ge=1, description="Campaigns that one dialer runs at once: a bound on its memory."
    )
    absent_for: float = Field(
        default=60.0,
        ge=15,
        description="Seconds after the last instant to send a call's request at which one that the carrier does not list was"
        " not placed. A request has ended 10 s after that instant.",
    )
    max_placing: int = Field(default=64, ge=1, le=200, description="Requests to the carrier under way at once.")
