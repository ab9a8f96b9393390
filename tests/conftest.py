"""What every test may ask for."""

pytest_plugins = [
    "tests.support.servers",
    "tests.support.processes",
    "tests.support.world",
    "tests.support.api",
    "tests.support.books",
    "tests.support.dialers",
]
