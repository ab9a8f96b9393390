"""The scheduler's settings."""

from pydantic import Field

from belltower.runtime.settings import (
    BillingSettings,
    BrokerSettings,
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    SchedulingSettings,
)


class SchedulerSettings(
    SchedulingSettings, BillingSettings, DatabaseSettings, BrokerSettings, HttpSettings, LogSettings
):
    """All that the scheduler's process needs."""

    audit_interval: float = Field(
        default=3600.0,
        ge=0,
        description="Seconds between two audits of the database, which one scheduler does; 0: never.",
    )
