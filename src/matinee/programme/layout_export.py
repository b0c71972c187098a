"""Writing a hall in the text format of layouts."""

from __future__ import annotations

from matinee.kernel.natural import natural_key
from matinee.programme.layouts import GAP, NO_PLACE, OF_ROW, HallLayout
from matinee.programme.models import HELD_BACK, SEAT_KINDS, STANDARD_ZONE
from matinee.programme.seats import PlacedSeat


def format_layout(layout: HallLayout) -> str:
    """The layout as text."""
    lines = [f"hall: {layout.name}", f"turnaround: {layout.turnaround_minutes}"]
    lines += [f"curve: {layout.curve}"] if layout.curve else []
    lines += ["", *_rows(layout)]
    special = [(kind, [seat for seat in layout.seats if seat.kind == kind]) for kind in SEAT_KINDS[1:]]
    zones = sorted({seat.zone for seat in layout.seats} - {STANDARD_ZONE}, key=natural_key)
    special += [(f"zone {zone}", [seat for seat in layout.seats if seat.zone == zone]) for zone in zones]
    special += [(why, [seat for seat in layout.seats if seat.held_back == why]) for why in HELD_BACK]
    named = [f"{key}: {_names(seats)}" for key, seats in special if seats]
    named += [] if layout.focus is None else [f"focus: {layout.focus}"]
    return "\n".join([*lines, *([""] if named else []), *named]) + "\n"


def _rows(layout: HallLayout) -> list[str]:
    by_line: dict[int, list[PlacedSeat]] = {}
    for seat in layout.seats:
        by_line.setdefault(seat.y, []).append(seat)
    rows = {y: seats[0].row for y, seats in by_line.items()}
    cells = {(seat.x, seat.y): _cell(seat, rows[seat.y]) for seat in layout.seats}
    width = max(map(len, cells.values()), default=1)
    row_width = max(map(len, rows.values()), default=0)
    written = []
    for y in range(max(by_line, default=-1) + 1):
        columns = max((seat.x for seat in by_line.get(y, [])), default=-1) + 1
        line = " ".join(f"{cells.get((x, y), GAP):>{width}}" for x in range(columns))
        written.append(f"{rows.get(y, ''):<{row_width}} | {line}".rstrip())
    return written


def _cell(seat: PlacedSeat, row: str) -> str:
    # A place with the mark of rows in it would be read as a row.
    of_row = f"{seat.row}{OF_ROW}" if seat.row != row or OF_ROW in seat.place else ""
    if seat.place and seat.row + seat.place == seat.label:
        return of_row + seat.place
    return f"{of_row}{seat.place or NO_PLACE}={seat.label}"


def _names(seats: list[PlacedSeat]) -> str:
    return " ".join(seat.label for seat in sorted(seats, key=lambda seat: natural_key(seat.label)))
