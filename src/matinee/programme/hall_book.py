"""The halls of a cinema while its programme is planned: when each is taken, and which seats it must have."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from matinee.kernel.natural import natural_key
from matinee.programme.labels import is_number
from matinee.programme.lengths import LASTS_MAX

TURNAROUND_MINUTES_MAX = 240
# Nothing that begins earlier than this can still be in the way.
REACH = LASTS_MAX + timedelta(minutes=TURNAROUND_MINUTES_MAX)
SPREAD_NAME = "Hall"
SPREAD_HALLS_MAX = 200

Style = Literal["numbers", "labels"]


def style_of(labels: Iterable[str]) -> Style | None:
    """How these seats are named: by numbers alone or otherwise; None for no seats."""
    kinds = {is_number(label) for label in labels}
    if not kinds:
        return None
    return "numbers" if kinds == {True} else "labels"


@dataclass(frozen=True, slots=True, order=True)
class Booking:
    """A hall taken by a film. `what` names it, for messages."""

    starts_at: datetime
    ends_at: datetime
    what: str = field(compare=False)


@dataclass(slots=True)
class PlannedHall:
    """A hall with its bookings and seats. `id` is None until it is stored."""

    name: str
    turnaround: timedelta = timedelta(0)
    id: int | None = None
    seat_ids: dict[str, int] = field(default_factory=dict)
    # Why it keeps back those of its seats that it keeps back, by id.
    held_back: dict[int, str] = field(default_factory=dict)
    new_labels: set[str] = field(default_factory=set)
    bookings: list[Booking] = field(default_factory=list)
    style: Style | None = None

    def conflict_with(self, starts_at: datetime, ends_at: datetime) -> Booking | None:
        """The booking that stands in the way of a film from `starts_at` to `ends_at`, cleaning included."""
        first = bisect_left(self.bookings, starts_at - REACH, key=lambda booking: booking.starts_at)
        for booking in self.bookings[first:]:
            if booking.starts_at >= ends_at + self.turnaround:
                return None
            if starts_at < booking.ends_at + self.turnaround:
                return booking
        return None

    def book(self, booking: Booking) -> None:
        """Take the hall; whether it is free is the caller's question."""
        insort(self.bookings, booking)

    def release(self, starts_at: datetime) -> None:
        """Give back what begins at this moment."""
        self.bookings = [booking for booking in self.bookings if booking.starts_at != starts_at]

    def require_seats(self, labels: Iterable[str]) -> None:
        """Say that the hall must have these seats."""
        self.new_labels.update(label for label in labels if label not in self.seat_ids)


class HallBook:
    """Every hall of one cinema."""

    def __init__(self, halls: Iterable[PlannedHall]) -> None:
        self.by_name = {hall.name: hall for hall in halls}
        for hall in self.by_name.values():
            hall.style = style_of(hall.seat_ids)
        self._spread = sorted(
            (hall for name, hall in self.by_name.items() if _is_spread_name(name)),
            key=lambda hall: natural_key(hall.name),
        )

    def add(self, name: str) -> PlannedHall:
        """A hall that is not there yet."""
        hall = self.by_name[name] = PlannedHall(name)
        if _is_spread_name(name):
            self._spread.append(hall)
            self._spread.sort(key=lambda hall: natural_key(hall.name))
        return hall

    def free_hall(self, starts_at: datetime, ends_at: datetime, style: Style | None) -> PlannedHall:
        """The first of "Hall 1", "Hall 2", ... that is free and names its seats in this way; a new one if none is.

        Raises ValueError where that would be more halls than any cinema has.
        """
        for hall in self._spread:
            fits = style is None or hall.style in (None, style)
            if fits and hall.conflict_with(starts_at, ends_at) is None:
                break
        else:
            hall = self._new_spread_hall()
        hall.style = hall.style or style
        return hall

    def _new_spread_hall(self) -> PlannedHall:
        for number in range(1, SPREAD_HALLS_MAX + 1):
            if f"{SPREAD_NAME} {number}" not in self.by_name:
                return self.add(f"{SPREAD_NAME} {number}")
        raise ValueError(f"more than {SPREAD_HALLS_MAX} halls would be needed at that time")


def _is_spread_name(name: str) -> bool:
    word, _, number = name.partition(" ")
    return word == SPREAD_NAME and is_number(number) and not number.startswith("0")
