"""What growth came to: rows for the table, and curves over the number of tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.curves import Curve, Figure, Point
from benchmarks.growth_pages import GROUPS
from benchmarks.growth_purchases import CLIENTS, Turn
from benchmarks.growth_reads import Rounds
from benchmarks.load import Measured
from benchmarks.result import Plan, Result

# The rate may not fall by more than a fifth. Nor may the 99th percentile grow by more than a quarter: the table has its
# inverse, so that there, too, more is better and 0.8 is the least.
LEAST = 0.8
# Fewer requests than these say little of the slowest hundredth.
REQUESTS_LEAST = 200
SIZE_NAME = "tickets in the database"


def falls(measured: Mapping[int, Sequence[Measured]], size: int, smallest: int) -> bool:
    """Whether what was `measured` at each size is slower at this one than the targets allow."""
    ours, first = measured[size], measured[smallest]
    return rate_ratio(ours, first) < LEAST or quickness_ratio(ours, first) < LEAST


def falls_somewhere(measured: Mapping[int, Sequence[Measured]]) -> bool:
    """Whether it falls at any size beside the smallest."""
    smallest, *larger = sorted(measured)
    return any(falls(measured, size, smallest) for size in larger)


def rate_ratio(ours: Sequence[Measured], first: Sequence[Measured]) -> float:
    """The median of what the rate was beside that of the smallest size in the same round."""
    return median(each.per_second / other.per_second for each, other in zip(ours, first, strict=True))


def quickness_ratio(ours: Sequence[Measured], first: Sequence[Measured]) -> float:
    """The same of the 99th percentiles: below 1 where they have grown."""
    return median(other.latency_ms_99 / each.latency_ms_99 for each, other in zip(ours, first, strict=True))


def purchase_results(turns: Mapping[int, Sequence[Turn]]) -> list[Result]:
    """Each size beside the smallest, and beside pgbench on the same database."""
    smallest = min(turns)
    first = [turn.ours for turn in turns[smallest]]
    found = []
    for size, measured in turns.items():
        what, ours = f"purchases, {size:,} tickets", [turn.ours for turn in measured]
        bare = [turn.bare.per_second for turn in measured]
        found.append(Result(what, [each.per_second for each in ours], "/s", bare, "pgbench, the same rows"))
        if size != smallest:
            found += _pair(what, ours, first, smallest)
    return found


def read_results(found: Sequence[Rounds], plan: Plan) -> list[Result]:
    """Of each group and size the page that fell most, by rate and by 99th percentile; and every other that fell."""
    results = []
    smallest, *larger = sorted(found[0].measured)
    for group in GROUPS:
        pages = [rounds for rounds in found if rounds.read.group is group]
        for size in larger:
            slowest = min(
                pages, key=lambda rounds: rate_ratio(rounds.measured[size], rounds.measured[smallest])
            )
            longest = min(
                pages, key=lambda rounds: quickness_ratio(rounds.measured[size], rounds.measured[smallest])
            )
            shown = [
                rounds
                for rounds in pages
                if rounds in (slowest, longest) or falls(rounds.measured, size, smallest)
            ]
            for rounds in shown:
                what = f"{group.name} {rounds.read.name}, {size:,} tickets"
                results += _pair(what, rounds.measured[size], rounds.measured[smallest], smallest)
    for rounds in found:
        few = [size for size in rounds.measured if rounds.requests(size) < REQUESTS_LEAST]
        for size in few:
            plan.say(f"{rounds.read.name}, {size:,} tickets: {rounds.requests(size)} requests only")
    return results


def purchase_figure(turns: Mapping[int, Sequence[Turn]]) -> Figure:
    """Rate and 99th percentile of purchases, ours and those of pgbench."""
    ours = tuple(_point(size, [turn.ours for turn in turns[size]]) for size in sorted(turns))
    bare = tuple(_point(size, [turn.bare for turn in turns[size]]) for size in sorted(turns))
    curves = (Curve("Matinee", ours), Curve("pgbench, the same rows", bare))
    return Figure(
        "growth-purchases", f"Purchases of {CLIENTS} clients as the database grows", SIZE_NAME, curves
    )


def read_figure(found: Sequence[Rounds]) -> Figure:
    """A curve for each group: the rate at which its pages are had in turn, and the means of their percentiles."""
    curves = []
    for group in GROUPS:
        pages = [rounds for rounds in found if rounds.read.group is group]
        curves.append(
            Curve(group.name, tuple(_group_point(size, pages) for size in sorted(found[0].measured)))
        )
    return Figure("growth-pages", "Pages and reads as the database grows", SIZE_NAME, tuple(curves))


def _pair(what: str, ours: Sequence[Measured], first: Sequence[Measured], smallest: int) -> list[Result]:
    beside = f"with {smallest:,} tickets"
    rates = [[each.per_second for each in measured] for measured in (ours, first)]
    quick = [[1000 / each.latency_ms_99 for each in measured] for measured in (ours, first)]
    return [
        Result(what, rates[0], "/s", rates[1], beside, LEAST),
        Result(f"{what}, 1 / 99th percentile", quick[0], "/s", quick[1], beside, LEAST),
    ]


def _point(size: int, measured: Sequence[Measured]) -> Point:
    return Point(
        size,
        median(each.per_second for each in measured),
        median(each.latency_ms_50 for each in measured),
        median(each.latency_ms_99 for each in measured),
    )


def _group_point(size: int, pages: Sequence[Rounds]) -> Point:
    points = [_point(size, rounds.measured[size]) for rounds in pages]
    count = len(points)
    return Point(
        size,
        count / sum(1 / point.per_second for point in points),
        sum(point.ms_50 for point in points) / count,
        sum(point.ms_99 for point in points) / count,
    )
