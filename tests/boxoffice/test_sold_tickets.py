"""When a ticket counts as sold, and as come back."""

from __future__ import annotations

from datetime import timedelta

from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A

LATER = NOW + timedelta(minutes=5)


def test_a_ticket_that_was_never_paid_for_was_neither_sold_nor_did_it_come_back(sale: Sale) -> None:
    """An order that is due for more than was paid; once the dear seat is given back, what was paid is enough."""
    order_id = sale.sold("A1", "A2")
    sale.exchange(order_id, sale.house.lettered, "A3", "B1", now=LATER)
    assert sale.state(order_id) == "due"
    assert {label: one.sold_at for label, one in sale.tickets(order_id).items()} == {"A3": None, "B1": None}
    sale.refund_some(order_id, "B1", now=LATER)
    assert sale.state(order_id) == "paid"
    assert sale.sums(order_id).refunded == PRICE_A
    given_back = sale.tickets(order_id, state="refunded")["B1"]
    assert (given_back.sold_at, given_back.returned_at) == (None, None)
    assert sale.tickets(order_id)["A3"].sold_at == LATER


def test_what_was_sold_comes_back_once_when_it_is_exchanged(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.exchange(order_id, sale.house.lettered, "A2", now=LATER)
    old, new = sale.tickets(order_id, state="exchanged")["A1"], sale.tickets(order_id)["A2"]
    assert (old.sold_at, old.returned_at) == (NOW, LATER)
    assert (new.sold_at, new.returned_at) == (LATER, None)
