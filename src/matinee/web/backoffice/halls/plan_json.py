"""The plan of a hall as the editor in the browser reads and writes it: JSON.

A seat is a list: label, row, place, column, line, kind, zone, why it is kept back. Thousands of them are one save.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matinee.boxoffice.seat_conflicts import SoldSeat
from matinee.programme.layouts import HallLayout
from matinee.programme.seats import PlacedSeat

# Far beyond any plan, and still a number of the database.
NUMBER_MAX = 10**6
TEXT_CHARACTERS_MAX = 200


class NoPlan(ValueError):
    """What came is not what the editor writes."""


@dataclass(frozen=True, slots=True)
class SentPlan:
    """A plan that came from an editor, and which version of the stored one it was made from."""

    version: str
    layout: HallLayout


def told_plan(layout: HallLayout, *, version: str, sold: Iterable[SoldSeat]) -> dict[str, Any]:
    """The plan for the editor. `sold`: how often each seat is had at coming screenings, by label."""
    return {
        "version": version,
        "curve": layout.curve,
        "focus": layout.focus,
        "seats": [
            [seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone, seat.held_back]
            for seat in layout.seats
        ],
        "sold": Counter(each.label for each in sold),
    }


def read_plan(body: Any, *, hall_name: str, turnaround_minutes: int) -> SentPlan:
    """The plan that came; whether it can be stored is the domain's question. Raises NoPlan."""
    if not isinstance(body, dict):
        raise NoPlan("it is no object")
    version, curve, focus, seats = (body.get(name) for name in ("version", "curve", "focus", "seats"))
    if (
        not isinstance(version, str)
        or not isinstance(seats, list)
        or not (focus is None or isinstance(focus, str))
    ):
        raise NoPlan("version, focus or seats are of a wrong type")
    layout = HallLayout(
        hall_name, turnaround_minutes, tuple(_seat(each) for each in seats), _short(focus), _number(curve)
    )
    return SentPlan(version[:80], layout)


def _seat(value: Any) -> PlacedSeat:
    if not isinstance(value, list) or len(value) != 8:
        raise NoPlan("a seat is a list of eight values")
    label, row, place, x, y, kind, zone, held_back = value
    if not all(isinstance(text, str) for text in (label, row, place, kind, zone, held_back)):
        raise NoPlan("a text of a seat is none")
    label, row, place, kind, zone, held_back = (
        text[:TEXT_CHARACTERS_MAX] for text in (label, row, place, kind, zone, held_back)
    )
    return PlacedSeat(label, row, place, _number(x), _number(y), kind, zone, held_back)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > NUMBER_MAX:
        raise NoPlan("a number is none")
    return value


def _short(text: str | None) -> str | None:
    return None if text is None else text[:TEXT_CHARACTERS_MAX]
