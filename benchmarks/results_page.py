"""docs/benchmarks/results.md: what came out, in tables, with a ratio beside every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.curves import Curve, Figure, Point
from benchmarks.result import Result

PAGE = "results.md"
_HEAD = """# What came out

`make bench` writes this page and its plots, out of the files in [data](data): one for each part, of the day on which that
part was measured last. What is measured, and how: [benchmarks](../benchmarks.md).
"""
_RESULTS = """| what | Matinee | beside it | | ratio | target | met |
| --- | ---: | ---: | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One part: when, on what and with which options it was measured, and what it came to."""

    part: str
    day: str
    machine: tuple[str, ...]
    options: Mapping[str, float | str | bool]
    results: Sequence[Result]
    figures: Sequence[Figure]


def baseline_of(figure: Figure, curve: Curve, size: float) -> Point:
    """What the curve's point of that size stands beside: the baseline's of the same size, or the curve's first.

    Raises LookupError where the baseline has none.
    """
    if not figure.baseline:
        return curve.points[0]
    for other in figure.curves:
        if other.name == figure.baseline:
            for point in other.points:
                if point.size == size:
                    return point
    raise LookupError(f"{figure.file}: {figure.baseline} was not measured at {size:g} {figure.size_name}")


def written_page(sections: Sequence[Section]) -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *(_section(section) for section in sections)])


def _section(section: Section) -> str:
    day = date.fromisoformat(section.day)
    told = [f"{day.day} {day:%B %Y}", *section.machine, *(f"`{line}`" for line in _options(section.options))]
    parts = [f"## {section.part.capitalize().replace('-', ': ')}\n", f"{'; '.join(told)}.\n"]
    if section.results:
        rows = "".join(_row(result.row()) for result in section.results)
        parts.append(f"{_RESULTS}{rows}")
    return "\n".join([*parts, *(_figure(figure) for figure in section.figures)])


def _options(options: Mapping[str, float | str | bool]) -> list[str]:
    return [
        f"--{name}"
        if value is True
        else f"--{name} {value:g}"
        if isinstance(value, float)
        else f"--{name} {value}"
        for name, value in options.items()
        if value is not False
    ]


def _figure(figure: Figure) -> str:
    beside = f"beside {figure.baseline}" if figure.baseline else f"beside the fewest {figure.size_name}"
    rows = "".join(
        _row(_cells(curve.name, point, baseline_of(figure, curve, point.size)))
        for curve in figure.curves
        for point in curve.points
    )
    return (
        f"### {figure.title}\n\n![{figure.title}: rate and 99th percentile]({figure.file}.svg)\n\n"
        f"Ratios {beside}.\n\n"
        f"| | {figure.size_name} | a second | ratio | median | ratio | 99 of 100 within | ratio |\n"
        f"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n{rows}"
    )


def _cells(name: str, point: Point, beside: Point) -> tuple[str, ...]:
    return (
        name,
        f"{point.size:,.0f}",
        _number(point.per_second),
        f"{point.per_second / beside.per_second:.2f}",
        f"{_number(point.ms_50)} ms",
        f"{point.ms_50 / beside.ms_50:.2f}",
        f"{_number(point.ms_99)} ms",
        f"{point.ms_99 / beside.ms_99:.2f}",
    )


def _number(value: float) -> str:
    """As many digits as can mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
