"""The text layout of a hall: seats as they stand, then which of them are special.

    hall: Red Hall
    turnaround: 15

    A | 1 2 3 4 . 5 6 7 8
    B | 1 2 3 4 . 5 6 7 8

    wheelchair: A1 A8
    zone balcony: row B
    house: B7 B8
    focus: B4

docs/importing.md describes it. Reading what `layout_export.format_layout` wrote gives the same layout back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import HALL_NAME_CHARACTERS_MAX, ZONE_CHARACTERS_MAX, parse_line
from matinee.programme.hall_book import TURNAROUND_MINUTES_MAX
from matinee.programme.labels import (
    LABEL_CHARACTERS_MAX,
    SEAT_NUMBER_MAX,
    is_row_name,
    parse_seat_label,
    shown,
)
from matinee.programme.models import HELD_BACK, SEAT_KINDS
from matinee.programme.seats import COLUMNS_MAX, PlacedSeat

LINES_MAX = 1_000
GAP = "."
NO_PLACE = '""'
# Between the row of a seat and its place, where it is another row than the line begins with.
OF_ROW = ":"
CURVE_MAX = 100


@dataclass(frozen=True, slots=True)
class HallLayout:
    """A hall as its layout describes it; seats in the order of the lines.

    `focus` is the label of the seat where one sits best; None where nobody said.
    """

    name: str
    turnaround_minutes: int
    seats: tuple[PlacedSeat, ...]
    focus: str | None = None
    # How far the rows bend round the screen where they are drawn: 0 straight, 100 as far as it goes.
    curve: int = 0


def parse_layout(data: bytes, *, file_name: str) -> HallLayout:
    """The layout in the file. Raises FaultyFile with the number of each line that is wrong."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FaultyFile([f"{file_name}: it is not UTF-8 text (at byte {error.start + 1})"]) from None
    draft = _Draft()
    for number, line in enumerate(lines, start=1):
        try:
            draft.read_line(line)
        except ValueError as error:
            draft.problems.append(f"{file_name}, line {number}: {error}")
    if draft.name is None:
        draft.problems.append(f'{file_name}: it names no hall; begin with "hall: NAME"')
    if not draft.seats:
        draft.problems.append(f'{file_name}: it has no seats; write a row as "A | 1 2 3"')
    if draft.problems:
        raise FaultyFile(draft.problems)
    seats = tuple(draft.seats.values())
    return HallLayout(draft.name or "", draft.turnaround or 0, seats, draft.focus, draft.curve or 0)


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    name: str | None = None
    turnaround: int | None = None
    curve: int | None = None
    focus: str | None = None
    seats: dict[str, PlacedSeat] = field(default_factory=dict)
    lines: int = 0
    # Lines that say which seats are special.
    lists: int = 0
    # The same seats by the line in which they stand, and by their row, from left to right.
    labels_of_line: dict[int, list[str]] = field(default_factory=dict)
    labels_of_row: dict[str, list[str]] = field(default_factory=dict)
    kinds_given: dict[str, str] = field(default_factory=dict)
    zones_given: dict[str, str] = field(default_factory=dict)
    held_back_given: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def read_line(self, line: str) -> None:
        """Take one line in. Raises ValueError."""
        if not line.strip() or line.lstrip().startswith("#"):
            return
        before, bar, after = line.partition("|")
        if bar and ":" not in before:
            self._read_row(before.strip(), after)
            return
        key, colon, value = line.partition(":")
        if not colon:
            raise ValueError('it is neither "KEY: VALUE" nor a row such as "A | 1 2 3"')
        self._read_value(" ".join(key.split()), value.strip())

    def _read_value(self, key: str, value: str) -> None:
        if key in ("hall", "turnaround", "curve", "focus"):
            self._read_once(key, value)
        elif key in SEAT_KINDS:
            self._set_all(value, "kind", key, self.kinds_given)
        elif key in HELD_BACK:
            self._set_all(value, "held_back", key, self.held_back_given)
        elif key.startswith("zone "):
            zone = parse_line(key.removeprefix("zone "), what="zone", characters_max=ZONE_CHARACTERS_MAX)
            self._set_all(value, "zone", zone, self.zones_given)
        else:
            known = ", ".join(("hall", "turnaround", "curve", "focus", *SEAT_KINDS, "zone NAME", *HELD_BACK))
            raise ValueError(f"{shown(key)} is not known here; known are {known}")

    def _read_once(self, key: str, value: str) -> None:
        name = "name" if key == "hall" else key
        if getattr(self, name) is not None:
            raise ValueError(
                "the hall is named a second time" if key == "hall" else f"the {key} is given a second time"
            )
        if key == "hall":
            self.name = parse_line(value, what="name", characters_max=HALL_NAME_CHARACTERS_MAX)
        elif key == "turnaround":
            self.turnaround = _number(value, key, TURNAROUND_MINUTES_MAX, " minutes")
        elif key == "curve":
            self.curve = _number(value, key, CURVE_MAX)
        else:
            self.focus = self._seat(value).label

    def _set_all(self, labels: str, name: str, value: str, given: dict[str, str]) -> None:
        self.lists += 1
        if self.lists > LINES_MAX:
            raise ValueError(f"a hall has at most {LINES_MAX} lines that say which seats are special")
        for label in self._labels(labels):
            self._set(label, name, value, given)

    def _set(self, label: str, name: str, value: str, given: dict[str, str]) -> None:
        if given.get(label) == value:
            return
        if given.setdefault(label, value) != value:
            raise ValueError(f"seat {label} is {given[label]!r} already")
        self.seats[label] = replace(self.seats[label], **{name: value})  # type: ignore[arg-type]

    def _read_row(self, row: str, cells: str) -> None:
        if len(row) > LABEL_CHARACTERS_MAX or any(character.isspace() for character in row):
            raise ValueError(
                f"{shown(row)} is not the name of a row: at most {LABEL_CHARACTERS_MAX} letters and digits"
            )
        y = self.lines
        self.lines += 1
        columns = cells.split()
        if self.lines > LINES_MAX or len(columns) > COLUMNS_MAX:
            raise ValueError(f"a hall has at most {LINES_MAX} lines of {COLUMNS_MAX} places")
        for x, cell in enumerate(columns):
            if cell == GAP:
                continue
            own_row, place, label = _read_cell(cell, row)
            if label in self.seats:
                raise ValueError(f"seat {label} is there already")
            if len(self.seats) >= SEAT_NUMBER_MAX:
                raise ValueError(f"a hall has at most {SEAT_NUMBER_MAX} seats")
            self.seats[label] = PlacedSeat(label, own_row, place, x, y)
            self.labels_of_line.setdefault(y, []).append(label)
            self.labels_of_row.setdefault(own_row, []).append(label)

    def _labels(self, value: str) -> list[str]:
        """The seats that a list such as "row A, B1 B2, C4..C9" names."""
        labels: list[str] = []
        # Each once: a short text that says "row A" a thousand times is no longer list than one that says it once.
        for name in dict.fromkeys(re.findall(r"row\s+[^\s,]+|[^\s,]+", value)):
            row = name.split()[-1] if re.match(r"row\s", name) else None
            if row is not None:
                found = self.labels_of_row.get(row)
                if not found:
                    raise ValueError(f"there is no row {row} above this line")
                labels += found
            elif ".." in name:
                labels += self._range(*name.split("..", 1))
            else:
                labels.append(self._seat(name).label)
        if not labels:
            raise ValueError("it names no seats")
        return labels

    def _seat(self, label: str) -> PlacedSeat:
        if label not in self.seats:
            raise ValueError(f"there is no seat {label[:40]} above this line")
        return self.seats[label]

    def _range(self, first: str, last: str) -> list[str]:
        begin, end = self._seat(first), self._seat(last)
        if begin.y != end.y or begin.x > end.x:
            raise ValueError(f"{first}..{last} is not a range from left to right in one row")
        return [label for label in self.labels_of_line[begin.y] if begin.x <= self.seats[label].x <= end.x]


def _read_cell(cell: str, row: str) -> tuple[str, str, str]:
    """Row, place and label of a seat: "4", "4=VIP", or "B:4" where it is of another row than its line. Raises ValueError."""
    seat, equals, own_label = cell.partition("=")
    before, colon, after = seat.partition(OF_ROW)
    own_row, place = (before, after) if colon else (row, seat)
    label = parse_seat_label(own_label if equals else own_row + place)
    if not place or len(place) > LABEL_CHARACTERS_MAX:
        raise ValueError(f"{shown(cell)} is not a place")
    if colon and not is_row_name(own_row):
        raise ValueError(f"{shown(own_row)} is not the name of a row")
    return own_row, "" if place == NO_PLACE else place, label


def _number(value: str, what: str, number_max: int, unit: str = "") -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > number_max:
        raise ValueError(f"the {what} is {shown(value)}, not 0 to {number_max}{unit}")
    return int(value)
