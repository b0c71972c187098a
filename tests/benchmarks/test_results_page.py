from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.results_page import Section, written_page
from tests.benchmarks.measured import BARE, FIGURE, GROWTH, OURS, RESULTS


def section(**changed: object) -> Section:
    whole = Section(
        part="clients",
        day="2026-11-26",
        machine=("A processor, 2 cores", "Python 3.11.7"),
        options={"seconds": 4.0, "rounds": 5, "fresh": False},
        results=RESULTS,
        figures=[FIGURE, GROWTH],
    )
    return replace(whole, **changed)


def test_a_part_names_its_day_its_machine_and_its_options() -> None:
    page = written_page([section()])
    assert "26 November 2026; A processor, 2 cores; Python 3.11.7; `--seconds 4`; `--rounds 5`.\n" in page
    assert "--fresh" not in page
    assert "`--fresh`" in written_page([section(options={"fresh": True})])


def test_a_result_shows_its_ratio_its_spread_and_whether_its_target_is_met() -> None:
    page = written_page([section()])
    assert "| purchases, 16 clients | 1,000 /s | 2,000 /s | pgbench | 0.50 (0.45–0.55) | 0.6 | NO |\n" in page
    assert "| 99 of 100 within | 45 ms |  |  |  | at most 50 ms | yes |\n" in page


def test_every_figure_of_a_curve_has_its_ratio_to_the_baseline_of_the_same_size() -> None:
    page = written_page([section()])
    assert "![Purchases & more: rate and 99th percentile](small.svg)" in page
    assert "| Matinee | 128 | 900 | 0.50 | 120 ms | 2.00 | 240 ms | 2.00 |\n" in page
    assert "| pgbench | 128 | 1,800 | 1.00 | 60.0 ms | 1.00 | 120 ms | 1.00 |\n" in page


def test_a_curve_without_a_baseline_stands_beside_its_own_first_point() -> None:
    page = written_page([section(figures=[GROWTH])])
    assert "Ratios beside the fewest tickets.\n" in page
    assert "| Matinee | 128 | 900 | 3.00 | 120 ms | 40.00 | 240 ms | 26.67 |\n" in page


def test_a_baseline_that_was_not_measured_at_a_size_is_an_error() -> None:
    shorter = replace(FIGURE, curves=(OURS, replace(BARE, points=BARE.points[:1])))
    with pytest.raises(LookupError, match="pgbench was not measured at 128 clients"):
        written_page([section(figures=[shorter])])
