"""Choices that look like chance and are the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """Throws that follow from a text alone. Python's own `random` may differ from one version to the next."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._throws = 0

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        self._throws += 1
        digest = hashlib.sha256(f"{self._throws}:{self._seed}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % count

    def between(self, least: int, most: int) -> int:
        """A number from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def one_of(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]
