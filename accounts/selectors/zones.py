"""Time zones by the cities that people know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global
from babel.dates import get_timezone_location


def choices(*, language: str, at: datetime) -> Sequence[tuple[str, str]]:
    """Return time zones with their city and their distance from UTC on that day, from west to east.

    Source: the zones that the Unicode CLDR gives to a country, by its names for their cities.
    """
    return _choices(language, at.replace(hour=12, minute=0, second=0, microsecond=0))


@lru_cache(maxsize=4)  # a day in each language
def _choices(language: str, at: datetime) -> Sequence[tuple[str, str]]:
    locale = Locale.parse(language, sep="-")
    known = sorted(available_timezones() & {name for name in get_global("zone_territories") if "/" in name})
    distances = {name: at.astimezone(ZoneInfo(name)).utcoffset() or timedelta() for name in known}
    cities = {name: str(get_timezone_location(name, locale=locale, return_city=True)) for name in known}
    ordered = sorted(known, key=lambda name: (distances[name], cities[name]))
    return [(name, f"{cities[name]} (UTC{_hours(distances[name])})") for name in ordered]


def _hours(distance: timedelta) -> str:
    """Return a distance from UTC as +08:00."""
    minutes = int(distance.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
