"""Plots as SVG: of figures, rate and 99th percentile side by side; of a soak. Needs matplotlib, of the extra `bench`.

They lie on white, so that they can be read in dark readers as in light ones, and the same data make the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from benchmarks.curves import Curve, Figure
from benchmarks.results_page import baseline_of
from benchmarks.soak_record import SoakRecord

# Colours that can be told apart by whoever sees fewer of them (Okabe and Ito, the last of Tol), and a mark for each beside.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255")
MARKS = "osD^vPX*"
TARGET_COLOR = "#666666"
# From here on, what is small would lie on the axis.
LINEAR_RANGE_MAX = 20.0
_SETTINGS: Any = {
    # Ids in the file are made from it, and not from chance.
    "svg.hashsalt": "matinee",
    # Letters stay letters: they can be searched, and the file is small.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
}


def draw(figure: Figure, path: Path) -> None:
    """Write the plot. Raises ValueError where there are more curves than can be told apart."""
    if len(figure.curves) > len(COLORS):
        raise ValueError(f"{figure.file}: {len(figure.curves)} curves in one plot")
    with mpl.rc_context(_SETTINGS):
        canvas = Canvas(figsize=(9.5, 4.6), facecolor="white", layout="constrained")
        rates, waits = canvas.subplots(1, 2)
        _draw_rates(rates, figure)
        _draw_waits(waits, figure)
        for axes in (rates, waits):
            _size_axis(axes, figure)
        canvas.suptitle(figure.title)
        lines, names = rates.get_legend_handles_labels()
        for line, name in zip(*waits.get_legend_handles_labels(), strict=True):
            if name not in names:
                lines.append(line)
                names.append(name)
        canvas.legend(lines, names, loc="outside lower center", ncols=3, frameon=False)
        canvas.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def draw_memory(record: SoakRecord, path: Path) -> None:
    """Write the plot of a soak: the memory of each process over its minutes, and the line through it after the warm-up.

    Raises ValueError where there are more processes than can be told apart.
    """
    growths = record.growths()
    if len(growths) > len(COLORS):
        raise ValueError(f"{len(growths)} processes in one plot")
    with mpl.rc_context(_SETTINGS):
        canvas = Canvas(figsize=(9.5, 4.6), facecolor="white", layout="constrained")
        axes = canvas.subplots()
        minutes = [sample.at / 60 for sample in record.samples]
        ends = (record.warm_up_seconds / 60, minutes[-1])
        for color, growth in zip(COLORS, growths, strict=False):
            values = [sample.memory[growth.name] for sample in record.samples]
            axes.plot(minutes, values, color=color, linewidth=1, label=growth.name)
            axes.plot(ends, (growth.begins, growth.ends), color=color, linewidth=1, linestyle="--")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("minutes")
        axes.set_title("memory of each process, MiB")
        canvas.legend(loc="outside lower center", ncols=3, frameon=False)
        canvas.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _draw_rates(axes: Axes, figure: Figure) -> None:
    for number, curve in enumerate(figure.curves):
        _line(axes, number, curve, [point.per_second for point in curve.points])
    if figure.share_least is not None:
        _draw_share(axes, figure, figure.share_least)
    axes.set_title("a second")
    _value_axis(axes, [point.per_second for curve in figure.curves for point in curve.points])


def _draw_share(axes: Axes, figure: Figure, share: float) -> None:
    """Where a curve should lie: a share of the baseline, or of each curve's own first point."""
    wanted = [curve for curve in figure.curves if figure.baseline in ("", curve.name)]
    for number, curve in enumerate(wanted):
        least = [share * baseline_of(figure, curve, point.size).per_second for point in curve.points]
        of = figure.baseline or f"the rate with the fewest {figure.size_name}"
        label = f"target: {share:g} × {of}" if number == 0 else None
        axes.plot(_sizes(curve), least, color=TARGET_COLOR, linestyle="--", linewidth=1, label=label)


def _draw_waits(axes: Axes, figure: Figure) -> None:
    for number, curve in enumerate(figure.curves):
        _line(axes, number, curve, [point.ms_99 for point in curve.points])
    values = [point.ms_99 for curve in figure.curves for point in curve.points]
    if figure.ms_99_most is not None:
        label = f"target: within {figure.ms_99_most:g} ms"
        axes.axhline(figure.ms_99_most, color=TARGET_COLOR, linestyle=":", linewidth=1, label=label)
    axes.set_title("99 of 100 within, milliseconds")
    _value_axis(axes, values)


def _line(axes: Axes, number: int, curve: Curve, values: Sequence[float]) -> None:
    axes.plot(
        _sizes(curve), values, color=COLORS[number], marker=MARKS[number], markersize=5, label=curve.name
    )


def _sizes(curve: Curve) -> list[float]:
    return [point.size for point in curve.points]


def _size_axis(axes: Axes, figure: Figure) -> None:
    sizes = sorted({point.size for curve in figure.curves for point in curve.points})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(figure.size_name)


def _value_axis(axes: Axes, values: Sequence[float]) -> None:
    if max(values) > LINEAR_RANGE_MAX * min(values):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
