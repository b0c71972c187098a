"""How many examples a slow test tries: few in the suite, and the same each time; many others in `make fuzz`."""

from __future__ import annotations

from hypothesis import settings

TIMES_AS_MANY = 20


def examples(in_suite: int) -> int:
    """As many as the suite has time for; twenty times as many under the profile of `make fuzz`."""
    return in_suite * TIMES_AS_MANY if settings.get_current_profile_name() == "fuzz" else in_suite


def seconds(in_suite: int) -> int:
    """After how long such a test counts as stuck: as much longer as it has more to try."""
    return examples(in_suite)
