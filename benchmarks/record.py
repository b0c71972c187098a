"""What a part came to, kept as JSON: docs/benchmarks/data/<part>.json. The page and the plots are made of all of them.

Each part has a file of its own, so that one part can be measured anew without the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.curves import Curve, Figure, Measured, Point
from benchmarks.plots import draw
from benchmarks.result import Result
from benchmarks.results_page import PAGE, Section, written_page
from benchmarks.servers import ROOT

FOLDER = ROOT / "docs" / "benchmarks"
DATA = "data"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When (YYYY-MM-DD), on what (lines for people) and with which options it was measured."""

    day: str
    machine: tuple[str, ...]
    options: Mapping[str, float | str | bool]


def record(part: str, measured: Measured, circumstances: Circumstances, folder: Path = FOLDER) -> None:
    """Write the part's file, its plots, and the page of all parts that there are.

    Raises ValueError where there is nothing to write: a run that measured nothing is none.
    """
    if not measured.results and not measured.figures:
        raise ValueError(f"{part} came to nothing")
    data = folder / DATA
    data.mkdir(parents=True, exist_ok=True)
    kept = {"part": part, **asdict(circumstances), **_plain(measured)}
    text = json.dumps(kept, indent=1, ensure_ascii=False, allow_nan=False)
    (data / f"{part}.json").write_text(f"{text}\n")
    for figure in measured.figures:
        draw(figure, folder / f"{figure.file}.svg")
    write_page(folder)


def write_page(folder: Path = FOLDER) -> None:
    """Make the page of the files that there are, in the order of their names."""
    sections = [read_section(path) for path in sorted((folder / DATA).glob("*.json"))]
    (folder / PAGE).write_text(written_page(sections))


def read_section(path: Path) -> Section:
    """A part, as it was written."""
    kept = json.loads(path.read_text())
    return Section(
        part=kept["part"],
        day=kept["day"],
        machine=tuple(kept["machine"]),
        options=kept["options"],
        results=[Result(**one) for one in kept["results"]],
        figures=[_figure(one) for one in kept["figures"]],
    )


def _plain(measured: Measured) -> dict[str, Any]:
    return {
        "results": [asdict(result) for result in measured.results],
        "figures": [asdict(figure) for figure in measured.figures],
    }


def _figure(kept: dict[str, Any]) -> Figure:
    curves = tuple(
        Curve(curve["name"], tuple(Point(**point) for point in curve["points"])) for curve in kept["curves"]
    )
    return Figure(**{**kept, "curves": curves})
