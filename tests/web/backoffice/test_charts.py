"""Charts: what is drawn is what the table says."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask import render_template_string

from matinee.web.backoffice.charts import ABOVE, BELOW, HEIGHT, Chart, Series
from matinee.web.backoffice.scales import nice_scale
from tests.building import on_one_database

TEMPLATE = '{% from "backoffice/charts.html" import chart with context %}{{ chart(one) }}'


def sales(**more: object) -> Chart:
    values: dict[str, object] = {
        "key": "sales",
        "title": "Sales <by> hour",
        "across": "Hour",
        "labels": ["10", "11", "12"],
        "series": [Series("Today", [300, None, 0]), Series("Last week", [150, 75, -75])],
        "say": lambda value: f"€{value}",
    }
    return Chart(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ([], 1, (0, 1)),
        ([3], 1, (0, 1, 2, 3)),
        ([7], 1, (0, 2, 4, 6, 8)),
        ([4_999], 100, (0, 1000, 2000, 3000, 4000, 5000)),
        ([40], 100, (0, 100)),
        ([-30, 60], 1, (-40, -20, 0, 20, 40, 60)),
        ([-3], 1, (-3, -2, -1, 0)),
        ([123_456_789], 1, (0, 50_000_000, 100_000_000, 150_000_000)),
    ],
)
def test_an_axis_goes_in_steps_that_people_count_in(
    values: list[int], unit: int, ticks: tuple[int, ...]
) -> None:
    assert nice_scale(values, unit=unit).ticks == ticks


def test_bars_are_as_high_as_their_numbers_and_hang_from_zero() -> None:
    chart = sales()
    heights = {bar.said: (round(bar.y, 2), round(bar.height, 2)) for bar in chart.bars}
    room = HEIGHT - ABOVE - BELOW
    low, high = chart.scale.ticks[0], chart.scale.ticks[-1]
    pixel = room / (high - low)
    assert heights["10, Today: €300"] == (round(chart.zero - 300 * pixel, 2), round(300 * pixel, 2))
    assert heights["12, Last week: €-75"] == (round(chart.zero, 2), round(75 * pixel, 2))
    assert len(heights) == 4


def test_bars_of_a_label_stand_side_by_side_within_its_room() -> None:
    chart = sales()
    first, second = (bar for bar in chart.bars if bar.said.startswith("10"))
    assert first.x >= 0
    assert second.x == pytest.approx(first.x + first.width)
    assert second.x + second.width <= 100 / 3


def test_a_line_has_a_gap_where_a_number_is_missing() -> None:
    strokes = [(start.series, start.said[:2], end.said[:2]) for start, end in sales(kind="line").strokes]
    assert strokes == [(1, "10", "11"), (1, "11", "12")]


def test_labels_that_would_run_into_each_other_are_left_out() -> None:
    labels = [f"2030-05-{day:02}" for day in range(1, 32)]
    shown = sales(labels=labels, series=[Series("Tickets", range(31))]).shown_labels
    assert [label.text for label in shown][:2] == ["2030-05-01", "2030-05-06"]
    on_a_phone = [label.text for label in shown if not label.rarely]
    assert on_a_phone[:2] == ["2030-05-01", "2030-05-16"]


def test_a_series_needs_a_number_for_each_label() -> None:
    with pytest.raises(ValueError, match="a number for each label"):
        sales(series=[Series("Today", [1])])


@on_one_database
def test_the_table_beneath_says_every_number(app: APIFlask) -> None:
    with app.test_request_context("/backoffice/"):
        page = render_template_string(TEMPLATE, one=sales(totals=True))
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert [(row, re.findall(r">([^<>]+)</td>", cells)) for row, cells in rows] == [
        ("10", ["€300", "€150"]), ("11", ["–", "€75"]), ("12", ["€0", "€-75"]), ("Together", ["€300", "€150"]),
    ]  # fmt: skip
    assert "Sales &lt;by&gt; hour" in page
    assert 'aria-label="Sales &lt;by&gt; hour. The most: €300 (10, Today).' in page
    assert page.count("<title>") == 4


@on_one_database
def test_a_chart_without_numbers_says_so(app: APIFlask) -> None:
    with app.test_request_context("/backoffice/"):
        page = render_template_string(TEMPLATE, one=sales(labels=[], series=[Series("Today", [])]))
    assert "no numbers here yet" in page
    assert "<svg" not in page
