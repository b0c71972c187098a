"""Moving a sold screening to another hall: for every ticket the best matching seat there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush

from matinee.boxoffice.seating.access import Moves, seat_companions, seat_wheelchairs
from matinee.boxoffice.seating.companions import wheelchair_of
from matinee.boxoffice.seating.filling import Filling, Scale
from matinee.boxoffice.seating.focus import Point
from matinee.boxoffice.seating.pairing import pair_seats
from matinee.boxoffice.seating.parties import Party, divided, parties_of
from matinee.boxoffice.seating.runs import plan_order
from matinee.programme.queries import SeatOfHall


def match_seats(
    orders: Sequence[Sequence[SeatOfHall]],
    *,
    old_hall: Collection[SeatOfHall],
    new_hall: Collection[SeatOfHall],
    taken_ids: Collection[int] = frozenset(),
) -> dict[int, int] | None:
    """The new seat of every sold one, by id; None if the new hall has too few free seats. No seat is given twice.

    `orders` are the sold seats of each order, `old_hall` and `new_hall` all seats of the halls, `taken_ids` those of
    the new hall that nobody may get. In this order:

    - Wheelchair users get wheelchair places while there are any, and the companions in their orders go with them.
    - Then parties, which are seats of an order that were side by side, the large ones first. They get their own labels,
      if the seats have the same kind and zone and are side by side; else, side by side too, the seats that are most alike
      in kind, then in zone, then in their relative place in the hall. The parties of an order stay near each other.
    - A party that no run is long enough for is divided into as few as can be.
    - Only when no ordinary seat is left do others get companion seats, and wheelchair places last of all.
    """
    sold = [seat for order in orders for seat in order]
    hall = Filling(new_hall, taken_ids=frozenset(taken_ids), sold=sold)
    if len(sold) > len(hall.free):
        return None
    move = _Move(orders, hall, Scale(old_hall))
    move.seat_wheelchair_users(wheelchair_of(old_hall), wheelchair_of(new_hall))
    move.seat_parties()
    return {old_id: new.id for old_id, new in move.moves.items()}


class _Move:
    """The orders on their way, and the seats that they have got."""

    def __init__(self, orders: Sequence[Sequence[SeatOfHall]], hall: Filling, old_scale: Scale) -> None:
        self.moves: Moves = {}
        self._orders = [sorted(order, key=plan_order) for order in orders]
        self._hall = hall
        self._old_scale = old_scale
        # How far the seats that each order got last are from where they would be, so that the rest of it follows.
        self._shifts: dict[int, Point] = {}

    def seat_wheelchair_users(self, old_pairs: dict[int, int], new_pairs: dict[int, int]) -> None:
        tickets = [seat for order in self._orders for seat in order if seat.kind == "wheelchair"]
        tickets.sort(key=plan_order)
        self.moves = seat_wheelchairs(tickets, self._hall, old_scale=self._old_scale)
        for number, order in enumerate(self._orders):
            for old in order:
                if old.id in self.moves:
                    self._note_shift(number, [old], [self.moves[old.id]])
            self.moves |= seat_companions(
                order, self._hall, self.moves, old_pairs=old_pairs, new_pairs=new_pairs
            )

    def seat_parties(self) -> None:
        """Seat everybody who has no seat yet."""
        parties = [
            party
            for number, order in enumerate(self._orders)
            for party in parties_of(
                number, [seat for seat in order if seat.id not in self.moves], order_size=len(order)
            )
        ]
        queue = [(party.turn(), party) for party in parties]
        heapify(queue)
        while queue:
            (_, waited, *_), party = heappop(queue)
            found = self._seats_for(party)
            if found is None:
                parts = divided(party, lengths=self._hall.run_lengths())
                heappush(queue, (parts[0].turn(), parts[0]))
                heappush(queue, (parts[1].turn(), parts[1]))
                continue
            pairs = pair_seats(party.seats, found)
            if not waited and any(old.kind != new.kind for old, new in pairs):
                # Whoever finds none of his kind lets those choose first for whom that kind is the right one.
                heappush(queue, (party.turn(waited=True), party))
            else:
                self._settle(party, pairs)

    def _seats_for(self, party: Party) -> list[SeatOfHall] | None:
        """Free seats for all of the party; None if it must be divided."""
        same = self._hall.same_seats(party.seats)
        if same is not None:
            return same
        target = self._target(party)
        if not self._hall.run_lengths():
            return self._hall.nearest_left_over(len(party.seats), target)
        return self._hall.nearest_window(party.seats, target)

    def _target(self, party: Party) -> Point:
        """The relative place where the party belongs: as in its old hall, near the rest of its order."""
        middle = self._old_scale.middle(party.seats)
        shift = self._shifts.get(party.order, Point(0, 0))
        return Point(middle.x + shift.x, middle.y + shift.y)

    def _settle(self, party: Party, pairs: Sequence[tuple[SeatOfHall, SeatOfHall]]) -> None:
        self._hall.take(new for _, new in pairs)
        self.moves.update((old.id, new) for old, new in pairs)
        self._note_shift(party.order, party.seats, [new for _, new in pairs])

    def _note_shift(self, order: int, old: Sequence[SeatOfHall], new: Sequence[SeatOfHall]) -> None:
        before, after = self._old_scale.middle(old), self._hall.scale.middle(new)
        self._shifts[order] = Point(after.x - before.x, after.y - before.y)
