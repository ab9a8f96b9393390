"""What every test may ask for."""

from hypothesis import HealthCheck, settings

# How long it takes to think an example up says more about the machine than about the test.
settings.register_profile("belltower", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("belltower")

pytest_plugins = [
    "tests.support.servers",
    "tests.support.processes",
    "tests.support.world",
    "tests.support.api",
    "tests.support.books",
    "tests.support.dialers",
]
