"""All time zones that there are, for tests of what must hold in each."""

from importlib.resources import files
from zoneinfo import available_timezones

_NO_PLACES = {"localtime", "posixrules", "Factory"}
_names = sorted(available_timezones() - _NO_PLACES)

ZONES = sorted({(files("tzdata.zoneinfo") / name).read_bytes(): name for name in _names}.values())
"""The names of all zones, one of those that are the same under several names."""
