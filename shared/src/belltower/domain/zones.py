"""Time zones by their IANA names."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
"""Names that mean another zone on every machine, or none."""
LONGEST_NAME = 64


def find_zone(name: str) -> ZoneInfo | None:
    """The zone with exactly this name; None: there is none."""
    if not name or len(name) > LONGEST_NAME or name in _NO_PLACES:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _by_folded_name() -> dict[str, str]:
    return {_folded(name): name for name in available_timezones() - _NO_PLACES}


def read_zone_name(text: str) -> str | None:
    """The IANA name that somebody means who does not look at case, nor at spaces for underscores; None: nobody knows it."""
    return _by_folded_name().get(_folded(text)) if len(text) <= LONGEST_NAME else None


def _folded(name: str) -> str:
    return name.strip().replace(" ", "_").casefold()


def city_of(zone: str) -> str:
    """What people call a zone: the last part of its name."""
    return zone.rpartition("/")[2].replace("_", " ")
