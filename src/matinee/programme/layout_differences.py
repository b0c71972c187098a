"""What makes one layout of a hall another one, told before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from matinee.kernel.natural import natural_key
from matinee.programme.layouts import HallLayout
from matinee.programme.seats import PlacedSeat

What = Literal[
    "name",
    "turnaround",
    "curve",
    "focus",
    "new",
    "removed",
    "renamed",
    "drawn_elsewhere",
    "kind",
    "zone",
    "held_back",
]

# How seats that are in both may differ.
_OF_SEATS: tuple[tuple[What, Callable[[PlacedSeat], Any]], ...] = (
    ("renamed", lambda seat: (seat.row, seat.place)),
    ("drawn_elsewhere", lambda seat: (seat.x, seat.y)),
    ("kind", lambda seat: seat.kind),
    ("zone", lambda seat: seat.zone),
    ("held_back", lambda seat: seat.held_back),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of difference: the labels of the seats that it is about, or the values of the hall."""

    what: What
    labels: tuple[str, ...] = ()
    old: str = ""
    new: str = ""


def differences(old: HallLayout, new: HallLayout) -> list[Difference]:
    """Every difference; none where the two say the same."""
    values: tuple[tuple[What, Any, Any], ...] = (
        ("name", old.name, new.name),
        ("turnaround", old.turnaround_minutes, new.turnaround_minutes),
        ("curve", old.curve, new.curve),
        ("focus", old.focus or "", new.focus or ""),
    )
    found = [Difference(what, (), str(one), str(other)) for what, one, other in values if one != other]
    before = {seat.label: seat for seat in old.seats}
    after = {seat.label: seat for seat in new.seats}
    of_seats: list[tuple[What, set[str]]] = [
        ("new", set(after) - set(before)),
        ("removed", set(before) - set(after)),
    ]
    both = set(before) & set(after)
    for what, told in _OF_SEATS:
        of_seats.append((what, {label for label in both if told(before[label]) != told(after[label])}))
    found += [Difference(what, tuple(sorted(labels, key=natural_key))) for what, labels in of_seats if labels]
    return found
