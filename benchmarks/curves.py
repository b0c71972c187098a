"""Curves: what was measured at each of several sizes, for the plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.result import Result


@dataclass(frozen=True, slots=True)
class Point:
    """Of one size (clients, tickets in the database): requests a second, and how long they took, in milliseconds."""

    size: float
    per_second: float
    ms_50: float
    ms_99: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What one server did."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Curves to be drawn together: rate and 99th percentile against the size. `file`: the name without an ending."""

    file: str
    title: str
    size_name: str
    curves: tuple[Curve, ...]
    # The curve that the others stand beside. Without one, each curve stands beside its own first point.
    baseline: str = ""
    # Targets that are drawn as lines: the least rate, as a share of the baseline's, and the most milliseconds.
    share_least: float | None = None
    ms_99_most: float | None = None


class Measured(NamedTuple):
    """What a part came to."""

    results: list[Result]
    figures: list[Figure]
