"""Small data in the shape of what a run measures."""

from __future__ import annotations

from benchmarks.curves import Curve, Figure, Measured, Point
from benchmarks.result import Result

OURS = Curve("Matinee", (Point(1, 300.0, 3.0, 9.0), Point(128, 900.0, 120.0, 240.0)))
BARE = Curve("pgbench", (Point(1, 1200.0, 0.5, 4.5), Point(128, 1800.0, 60.0, 120.0)))
FIGURE = Figure("small", "Purchases & more", "clients", (OURS, BARE), baseline="pgbench", share_least=0.5)
GROWTH = Figure("growth", "Growth", "tickets", (OURS,), ms_99_most=50.0)
RESULTS = [
    Result("purchases, 16 clients", [900.0, 1000.0, 1100.0], "/s", [2000.0] * 3, "pgbench", 0.6),
    Result("99 of 100 within", [40.0, 45.0, 60.0], "ms", target=50.0),
]
SMALL = Measured(RESULTS, [FIGURE, GROWTH])
