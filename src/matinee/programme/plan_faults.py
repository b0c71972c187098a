"""What is wrong with a hall as somebody drew it. A plan that was read from text has none of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from matinee.kernel.natural import natural_key
from matinee.programme.fields import ZONE_CHARACTERS_MAX, parse_line
from matinee.programme.labels import SEAT_NUMBER_MAX, is_place_name, is_row_name, parse_seat_label, shown
from matinee.programme.layouts import CURVE_MAX, LINES_MAX, HallLayout
from matinee.programme.models import HELD_BACK, SEAT_KINDS
from matinee.programme.seats import COLUMNS_MAX, PlacedSeat

What = Literal[
    "too_many_seats", "out_of_the_plan", "curve", "label", "same_label", "same_place", "row", "kind", "zone",
    "held_back", "focus",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One kind of fault, and the labels of the seats that have it, in natural order."""

    what: What
    labels: tuple[str, ...] = ()


def faults_of(layout: HallLayout) -> list[PlanFault]:
    """Every fault of the plan; none where it can be stored."""
    seats = layout.seats
    if len(seats) > SEAT_NUMBER_MAX:
        return [PlanFault("too_many_seats")]
    labels = Counter(seat.label for seat in seats)
    places = Counter((seat.x, seat.y) for seat in seats)
    found: list[tuple[What, Iterable[PlacedSeat]]] = [
        ("out_of_the_plan", (seat for seat in seats if not _is_within(seat))),
        ("label", (seat for seat in seats if not _is_label(seat.label))),
        ("same_label", (seat for seat in seats if labels[seat.label] > 1)),
        ("same_place", (seat for seat in seats if places[(seat.x, seat.y)] > 1)),
        ("row", (seat for seat in seats if not (is_row_name(seat.row) and is_place_name(seat.place)))),
        ("kind", (seat for seat in seats if seat.kind not in SEAT_KINDS)),
        ("zone", (seat for seat in seats if not _is_zone(seat.zone))),
        ("held_back", (seat for seat in seats if seat.held_back not in ("", *HELD_BACK))),
    ]
    faults = [PlanFault(what, _labels(list(having))) for what, having in found]
    faults = [fault for fault in faults if fault.labels]
    if not 0 <= layout.curve <= CURVE_MAX:
        faults.append(PlanFault("curve"))
    if layout.focus is not None and layout.focus not in labels:
        faults.append(PlanFault("focus", (shown(layout.focus),)))
    return faults


def _labels(seats: Sequence[PlacedSeat]) -> tuple[str, ...]:
    return tuple(sorted({seat.label[:40] or "?" for seat in seats}, key=natural_key))


def _is_within(seat: PlacedSeat) -> bool:
    return 0 <= seat.x < COLUMNS_MAX and 0 <= seat.y < LINES_MAX


def _is_label(label: str) -> bool:
    try:
        return parse_seat_label(label) == label
    except ValueError:
        return False


def _is_zone(zone: str) -> bool:
    try:
        parsed = parse_line(zone, what="zone", characters_max=ZONE_CHARACTERS_MAX)
    except ValueError:
        return False
    # As a layout's text can say it.
    return " ".join(parsed.split()) == zone and not set(zone) & set(":|")
