"""The plan of a hall as a drawing: where each seat, row letter and the screen stand, in units of the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from matinee.kernel.natural import natural_key
from matinee.programme.models import SEAT_KINDS, STANDARD_ZONE
from matinee.programme.queries import SeatOfHall
from matinee.web.shared.languages import _

# A column and a line of the plan; what stands at both sides for the row letters, and above for the screen.
COLUMN, LINE = 40, 44
SIDE, ABOVE, BELOW = 42, 104, 14
# A cross aisle is not as deep as a row; wider holes than this many columns or lines tell nobody more.
EMPTY_LINE_SHARE = 0.6
HOLE_MAX = 3
# As many as have a look of their own; further zones begin anew.
ZONE_LOOKS = 6
# How deep the middle of a row hangs, at the curve 100: in shares of half the width, and not deeper than so many lines.
BEND_SHARE, BEND_LINES_MAX = 0.36, 5
# Pixels per unit where there is room for more than that.
SCALE_MAX = 1.15


@dataclass(frozen=True, slots=True)
class DrawnSeat:
    """A seat at the middle of its place."""

    label: str
    row: str
    place: str
    kind: str
    zone: str
    # Which look the zone has.
    look: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """The seats of one line of the plan, from the left; `name` is what is written at both sides, `title` what lists say."""

    key: int
    name: str
    title: str
    y: int
    seats: tuple[DrawnSeat, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole plan, `width` by `height` units."""

    width: int
    height: int
    lines: tuple[DrawnLine, ...]
    # Zone -> which look it has, the standard zone first; and the kinds that there are.
    zones: Mapping[str, int]
    kinds: tuple[str, ...]

    @property
    def pixels_wide(self) -> int:
        """How wide it is shown where there is room."""
        return round(self.width * SCALE_MAX)

    @property
    def pixels_high(self) -> int:
        """How high it is then."""
        return round(self.height * SCALE_MAX)


@dataclass(frozen=True, slots=True)
class Bend:
    """How far the rows of a hall hang down: nothing at its sides, `depth` in the middle.

    All rows in the same way, so that seats which stand behind each other never come closer. The editor of plans draws them
    so, too (geometry.js).
    """

    depth: int
    half: float

    @classmethod
    def of(cls, curve: int, *, width: int) -> Bend:
        """`curve`: 0 to 100; `width`: from the first column to the last one, in units."""
        depth = min(BEND_SHARE * width / 2, BEND_LINES_MAX * LINE) * curve / 100
        return cls(round(depth), width / 2)

    def at(self, x: int) -> int:
        """How far a seat hangs down that stands `x` units from the first column."""
        if not self.depth:
            return 0
        return round(self.depth * (1 - ((x - self.half) / self.half) ** 2))


def draw(seats: Sequence[SeatOfHall], *, curve: int = 0) -> Drawing:
    """Draw a hall of one seat at least. Empty columns at the sides are left out, aisles and lopsidedness stay.

    `curve`: how far the rows bend round the screen, 0 to 100.
    """
    across = _places((seat.x for seat in seats), step=COLUMN, empty_share=1)
    down = _places((seat.y for seat in seats), step=LINE, empty_share=EMPTY_LINE_SHARE)
    bend = Bend.of(curve, width=max(across.values()))
    zones = zone_looks(seat.zone for seat in seats)
    ordered = sorted(seats, key=lambda seat: (seat.y, seat.x))
    lines: list[DrawnLine] = []
    for y, standing in groupby(ordered, key=lambda seat: seat.y):
        top = ABOVE + down[y] + LINE // 2
        drawn = tuple(
            DrawnSeat(
                label=seat.label,
                row=seat.row,
                place=seat.place,
                kind=seat.kind,
                zone=seat.zone,
                look=zones[seat.zone],
                x=SIDE + across[seat.x] + COLUMN // 2,
                y=top + bend.at(across[seat.x]),
            )
            for seat in standing
        )
        lines.append(DrawnLine(key=y, name=_row_name(drawn), title=_title(drawn), y=top, seats=drawn))
    return Drawing(
        width=2 * SIDE + max(across.values()) + COLUMN,
        height=ABOVE + max(down.values()) + LINE + bend.depth + BELOW,
        lines=tuple(lines),
        zones=zones,
        kinds=tuple(kind for kind in SEAT_KINDS if any(seat.kind == kind for seat in seats)),
    )


def zone_looks(zones: Iterable[str]) -> dict[str, int]:
    """Zone -> which look it has: the standard zone the first, the others in natural order."""
    ordered = sorted(set(zones), key=lambda zone: (zone != STANDARD_ZONE, natural_key(zone)))
    # A hall without a standard zone begins with the second look: the first one is that of seats without anything special.
    first = 0 if STANDARD_ZONE in ordered else 1
    return {zone: (first + number) % ZONE_LOOKS for number, zone in enumerate(ordered)}


def _places(values: Iterable[int], *, step: int, empty_share: float) -> dict[int, int]:
    """Where each column or line begins, from 0; what is empty between them takes its share, up to a limit."""
    used = sorted(set(values))
    places = {used[0]: 0}
    for before, value in pairwise(used):
        hole = min(value - before - 1, HOLE_MAX)
        places[value] = places[before] + step + round(hole * step * empty_share)
    return places


def _row_name(seats: Sequence[DrawnSeat]) -> str:
    return "/".join(sorted({seat.row for seat in seats if seat.row}, key=natural_key))


def _title(seats: Sequence[DrawnSeat]) -> str:
    name = _row_name(seats)
    first, last = seats[0].place, seats[-1].place
    if name:
        return _("Row %(row)s", row=name)
    if first == last:
        return _("Seat %(place)s", place=first)
    return _("Seats %(first)s to %(last)s", first=first, last=last)
