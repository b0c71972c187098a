from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks.measured import BARE, FIGURE, GROWTH, OURS, RESULTS, SMALL

pytest.importorskip("matplotlib", reason="plots are of the extra `bench`")

from benchmarks.curves import Measured
from benchmarks.growth_pages import GROUPS
from benchmarks.plots import COLORS, MARKS, draw
from benchmarks.record import Circumstances, read_section, record

CIRCUMSTANCES = Circumstances("2026-11-26", ("A processor",), {"seconds": 4.0})


def test_a_plot_says_in_letters_what_it_shows(tmp_path: Path) -> None:
    draw(FIGURE, tmp_path / "a.svg")
    said = {text.strip() for text in ElementTree.parse(tmp_path / "a.svg").getroot().itertext()}
    assert {"Purchases & more", "Matinee", "pgbench", "clients", "1", "128"} <= said
    assert "target: 0.5 × pgbench" in said
    assert {"a second", "99 of 100 within, milliseconds"} <= said


def test_there_is_a_colour_and_a_mark_for_each_group_of_pages() -> None:
    assert len(GROUPS) <= len(COLORS) == len(MARKS)


def test_a_plot_without_a_baseline_shows_the_most_that_it_may_take(tmp_path: Path) -> None:
    draw(GROWTH, tmp_path / "a.svg")
    assert "target: within 50 ms" in (tmp_path / "a.svg").read_text()


def test_the_same_data_make_the_same_plot_and_others_another(tmp_path: Path) -> None:
    faster = replace(FIGURE, curves=(replace(OURS, points=BARE.points), BARE))
    for name, figure in (("a", FIGURE), ("b", FIGURE), ("c", faster)):
        draw(figure, tmp_path / name)
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again != other
    assert b"<dc:date>" not in first


def test_more_curves_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="9 curves"):
        draw(replace(FIGURE, curves=(OURS,) * (len(COLORS) + 1), baseline=""), tmp_path / "a.svg")


def test_what_was_recorded_is_read_again_as_it_was(tmp_path: Path) -> None:
    record("clients", SMALL, CIRCUMSTANCES, tmp_path)
    section = read_section(tmp_path / "data" / "clients.json")
    assert (section.results, section.figures) == (SMALL.results, SMALL.figures)
    assert (section.part, section.day, section.machine) == ("clients", "2026-11-26", ("A processor",))
    assert (tmp_path / "small.svg").exists()
    assert (tmp_path / "growth.svg").exists()


def test_a_part_that_is_measured_anew_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    record("clients", SMALL, CIRCUMSTANCES, tmp_path)
    record("purchases", Measured(RESULTS, []), CIRCUMSTANCES, tmp_path)
    later = replace(CIRCUMSTANCES, day="2026-11-27")
    record("purchases", Measured(RESULTS[:1], []), later, tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert page.count("26 November 2026") == page.count("27 November 2026") == 1
    assert page.count("| purchases, 16 clients |") == 2
    assert page.count("| 99 of 100 within | 45 ms |") == 1


def test_a_part_that_measured_nothing_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="came to nothing"):
        record("clients", Measured([], []), CIRCUMSTANCES, tmp_path)
    assert not list(tmp_path.iterdir())
