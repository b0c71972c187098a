"""Charts that the server draws as SVG: bars, bars side by side, lines. Each is shown with its numbers as a table beneath.

Across, everything is placed in per cent of the drawing's width, so that a chart fits a phone and a wide screen with letters
of the same size; down, in pixels. What tells series apart is a pattern, a dash or a mark, never the colour alone.
The template has it so: `{% from "backoffice/charts.html" import chart with context %}`, then `{{ chart(sales) }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from matinee.web.backoffice.scales import Scale, nice_scale
from matinee.web.shared.languages import _

HEIGHT, ABOVE, BELOW = 220, 14, 26
# Of the room that a label has, what its bars take; and never more of the whole width, where there are few labels.
BARS_SHARE, BARS_MAX = 0.76, 14.0
# Roughly, in pixels: a letter, and what labels share on a screen and on a phone.
LETTER, WIDE, NARROW = 7.5, 600, 250
# As many as have a look of their own.
SERIES_MAX = 4
# With more points than this a line says enough without its marks.
MARKS_MAX = 62


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each label; None where there is none (yet)."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawn bar: `x` and `width` in per cent, `y` and `height` in pixels, `series` counted from 0."""

    x: float
    y: float
    width: float
    height: float
    series: int
    said: str


@dataclass(frozen=True, slots=True)
class Point:
    """A drawn point of a line, as a bar is drawn."""

    x: float
    y: float
    series: int
    said: str


@dataclass(frozen=True, slots=True)
class Label:
    """What is written beneath. `rarely`: only where there is room."""

    x: float
    text: str
    rarely: bool


@dataclass(frozen=True)
class Chart:
    """A chart. `key` is unique on the page; `across` says what the labels are, `say` what a number is called in full, and
    `say_short` at the axis. `unit`: the steps of the axis are multiples of it (100 for money in cents)."""

    key: str
    title: str
    across: str
    labels: Sequence[str]
    series: Sequence[Series]
    say: Callable[[int], str] = str
    say_short: Callable[[int], str] | None = None
    kind: Literal["bars", "line"] = "bars"
    unit: int = 1
    # Whether the table ends with what each series comes to.
    totals: bool = False
    # Whether the table is there to be seen at once.
    table_open: bool = False

    def __post_init__(self) -> None:
        if len(self.series) > SERIES_MAX or any(len(one.values) != len(self.labels) for one in self.series):
            raise ValueError(
                f"a chart has {SERIES_MAX} series at the most, each with a number for each label"
            )

    @property
    def height(self) -> int:
        """Of the drawing, in pixels."""
        return HEIGHT

    @property
    def is_empty(self) -> bool:
        """Whether there is no number to draw."""
        return all(value is None for one in self.series for value in one.values)

    @cached_property
    def scale(self) -> Scale:
        """What the axis goes from and to."""
        return nice_scale(
            [value for one in self.series for value in one.values if value is not None], unit=self.unit
        )

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The lines across: where each is, and what is written beside it."""
        say = self.say_short or self.say
        return [(self._down(value), say(value)) for value in self.scale.ticks]

    @property
    def axis_width(self) -> int:
        """In pixels: room for the longest number beside the axis."""
        return round(max(len(text) for _y, text in self.ticks) * LETTER) + 10

    @property
    def zero(self) -> float:
        """Where bars begin."""
        return self._down(0)

    @property
    def shown_labels(self) -> list[Label]:
        """As many labels as do not run into each other."""
        longest = max((len(label) for label in self.labels), default=1) * LETTER + 8
        wide = max(1, -(-round(longest * len(self.labels)) // WIDE))
        # A multiple: what is shown on a phone is shown on a screen, too.
        narrow = wide * max(1, -(-round(longest * len(self.labels)) // (NARROW * wide)))
        return [
            Label(self._middle(place), text, rarely=place % narrow != 0)
            for place, text in enumerate(self.labels)
            if place % wide == 0
        ]

    @property
    def bars(self) -> Iterator[Bar]:
        """Every bar, those of one label side by side."""
        group = min(100 / max(1, len(self.labels)) * BARS_SHARE, BARS_MAX * len(self.series))
        width = group / len(self.series)
        for number, one in enumerate(self.series):
            for place, value in enumerate(one.values):
                if value:
                    left = self._middle(place) - group / 2 + number * width
                    top, bottom = sorted((self._down(value), self.zero))
                    yield Bar(left, top, width, bottom - top, number, self._said(number, place))

    @property
    def points(self) -> Iterator[Point]:
        """Every point of every line."""
        for number, one in enumerate(self.series):
            for place, value in enumerate(one.values):
                if value is not None:
                    yield Point(self._middle(place), self._down(value), number, self._said(number, place))

    @property
    def has_marks(self) -> bool:
        """Whether points are drawn, and not lines alone."""
        return len(self.labels) <= MARKS_MAX

    @property
    def strokes(self) -> Iterator[tuple[Point, Point]]:
        """The pieces of the lines; there is none where a number is missing."""
        known = {(point.series, point.x): point for point in self.points}
        for number in range(len(self.series)):
            for before, after in pairwise(self._middle(place) for place in range(len(self.labels))):
                if (number, before) in known and (number, after) in known:
                    yield known[number, before], known[number, after]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: each label with what its numbers are called."""
        return [(label, [texts[place] for texts in self._texts]) for place, label in enumerate(self.labels)]

    @property
    def total_row(self) -> list[str]:
        """What each series comes to."""
        return [self.say(sum(value or 0 for value in one.values)) for one in self.series]

    @property
    def in_words(self) -> str:
        """What is read out in place of the drawing."""
        best = [
            (value, one.name, self.labels[place])
            for one in self.series
            for place, value in enumerate(one.values)
            if value is not None
        ]
        if not best:
            return _("%(title)s: there is nothing to draw.", title=self.title)
        value, name, label = max(best, key=lambda found: found[0])
        return _(
            "%(title)s. The most: %(value)s (%(label)s, %(name)s). All numbers are in the table beneath.",
            title=self.title, value=self.say(value), label=label, name=name,
        )  # fmt: skip

    def _said(self, number: int, place: int) -> str:
        return f"{self.labels[place]}, {self.series[number].name}: {self._texts[number][place]}"

    @cached_property
    def _texts(self) -> list[list[str]]:
        """What the numbers of each series are called."""
        return [["–" if value is None else self.say(value) for value in one.values] for one in self.series]

    def _middle(self, place: int) -> float:
        return (place + 0.5) * 100 / len(self.labels)

    def _down(self, value: int) -> float:
        return ABOVE + (1 - self.scale.share(value)) * (HEIGHT - ABOVE - BELOW)
