"""Natural order: "Hall 2" before "Hall 10", "A2" before "A10"."""

from __future__ import annotations

import re
from functools import lru_cache


# The labels of all halls of a house are few, and are put in order again whenever a seat was sold.
@lru_cache(maxsize=8192)
def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that compares runs of digits as numbers and the rest as text, letter case aside."""
    parts = re.split(r"(\d+)", text)
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part
    )
