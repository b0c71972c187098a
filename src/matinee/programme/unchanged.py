"""What a change leaves as it is, where None means something of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
