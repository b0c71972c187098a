"""Parties: seats of one order that are side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from matinee.boxoffice.seating.runs import plan_order, runs_of
from matinee.boxoffice.seating.split import fewest_runs
from matinee.programme.queries import SeatOfHall

Turn = tuple[int, bool, int, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Party:
    """Seats of one order side by side, from left to right; `order` is the order's position in what was asked."""

    order: int
    order_size: int
    seats: tuple[SeatOfHall, ...]

    def turn(self, *, waited: bool = False) -> Turn:
        """Sorts parties by who chooses first: large ones, then those of large orders, then in plan order.

        One that `waited` comes after the others of its size.
        """
        return (-len(self.seats), waited, -self.order_size, plan_order(self.seats[0]))


def parties_of(order: int, seats: Sequence[SeatOfHall], *, order_size: int) -> list[Party]:
    """The parties that these seats of one order form."""
    return [Party(order, order_size, tuple(run)) for run in runs_of(seats)]


def divided(party: Party, *, lengths: Iterable[int]) -> tuple[Party, Party]:
    """The party in two parts, for runs of which none is long enough.

    The first part fits into the longest run, and the second into as few others as can be; about equal in size, so that
    nobody sits alone without need.
    """
    count = len(party.seats)
    longest_first = sorted(lengths, reverse=True)
    groups = fewest_runs(longest_first, count)
    size = longest_first[0]
    if groups is not None:
        size = max(ceil(count / groups), count - sum(longest_first[1:groups]))
    return (
        Party(party.order, party.order_size, party.seats[:size]),
        Party(party.order, party.order_size, party.seats[size:]),
    )
