"""The axis of a chart: from where to where it goes, in steps that people count in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

STEPS_MAX = 5
NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `ticks[0]` to `ticks[-1]`, zero among them."""

    ticks: tuple[int, ...]

    def share(self, value: int) -> float:
        """Where a number is on the axis: 0 at its lower end, 1 at its upper."""
        low, high = self.ticks[0], self.ticks[-1]
        return (value - low) / (high - low)


def nice_scale(values: Iterable[int], *, unit: int = 1) -> Scale:
    """The axis on which all values and zero have their place, in few steps of 1, 2 or 5 times a power of ten units."""
    found = [0, *values]
    low, high = min(found), max(found)
    for step in _steps(unit):
        first, last = low // step, -(-high // step)
        if first == last:
            last += 1
        if last - first <= STEPS_MAX:
            return Scale(tuple(number * step for number in range(first, last + 1)))
    raise AssertionError("steps grow without end")


def _steps(unit: int) -> Iterable[int]:
    return (unit * nice * 10**power for power in count() for nice in NICE)
