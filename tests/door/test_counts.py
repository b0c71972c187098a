"""How many are in, of how many that may come in"""

from __future__ import annotations

from matinee.door.counts import DoorCount, door_counts
from tests.boxoffice.selling import Sale
from tests.door.scanners import Gate


def counts(sale: Sale, *ids: int) -> dict[int, DoorCount]:
    return sale.read(lambda s: door_counts(s, screening_ids=ids))


def test_valid_tickets_count_and_those_of_them_that_are_in(sale: Sale, gate: Gate) -> None:
    order_id = sale.sold("A1", "A2", "A3")
    tickets = sale.tickets(order_id)
    first = gate.show(tickets["A1"].id)
    gate.show(tickets["A1"].id)
    gate.show(tickets["A2"].id)
    here = sale.house.lettered
    assert counts(sale, here)[here] == DoorCount(3, 2)
    gate.undo(first)
    assert counts(sale, here)[here] == DoorCount(3, 1)
    sale.refund_some(order_id, "A2")
    assert counts(sale, here)[here] == DoorCount(2, 0)


def test_each_screening_that_is_asked_for_is_in_it_and_no_other(sale: Sale, gate: Gate) -> None:
    other = sale.sold("5", screening=sale.house.second_hall)
    gate.show(sale.tickets(other)["5"].id, offline=True)
    assert counts(sale, sale.house.second_hall, sale.house.lettered, 4711) == {
        sale.house.second_hall: DoorCount(1, 1),
        sale.house.lettered: DoorCount(0, 0),
        4711: DoorCount(0, 0),
    }
    assert counts(sale) == {}
