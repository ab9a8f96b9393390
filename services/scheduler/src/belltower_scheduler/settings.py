"""The scheduler's settings."""

from belltower.runtime.settings import BrokerSettings, DatabaseSettings, HttpSettings, LogSettings, SchedulingSettings


class SchedulerSettings(SchedulingSettings, DatabaseSettings, BrokerSettings, HttpSettings, LogSettings):
    """All that the scheduler's process needs."""
