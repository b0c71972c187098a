"""Who of a party gets which of the seats that were found for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matinee.programme.queries import SeatOfHall

# From what is most alike to what is not alike at all.
_LIKENESS: tuple[Callable[[SeatOfHall], tuple[str, ...]], ...] = (
    lambda seat: (seat.label, seat.kind, seat.zone),
    lambda seat: (seat.kind, seat.zone),
    lambda seat: (seat.kind,),
    lambda _seat: (),
)


def pair_seats(old: Sequence[SeatOfHall], new: Sequence[SeatOfHall]) -> list[tuple[SeatOfHall, SeatOfHall]]:
    """Each old seat with a new one, the most alike first, else from left to right. There are as many new as old."""
    pairs: list[tuple[SeatOfHall, SeatOfHall]] = []
    waiting, left = list(old), list(new)
    for likeness in _LIKENESS:
        alike = [
            (one, other) for one, other in zip(waiting, left, strict=True) if likeness(one) == likeness(other)
        ]
        for one, other in alike:
            waiting.remove(one)
            left.remove(other)
        pairs += alike
        for one in list(waiting):
            match = next((other for other in left if likeness(other) == likeness(one)), None)
            if match is not None:
                waiting.remove(one)
                left.remove(match)
                pairs.append((one, match))
    return pairs
