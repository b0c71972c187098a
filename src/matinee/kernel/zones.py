"""Time zones by their IANA names."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


def is_time_zone(name: str) -> bool:
    """Whether this machine knows a time zone of that name, such as Europe/Kyiv."""
    return name in _zone_names()


@cache
def _zone_names() -> frozenset[str]:
    # To list them, the library walks through folders with hundreds of files: too slow to be done at each question.
    return frozenset(available_timezones())
