"""The scheduler's settings."""

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
