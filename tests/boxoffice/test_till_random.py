"""Whatever a clerk does in whatever order: the till has what its entries say, and the books agree with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matinee.boxoffice.errors import TillTooEmpty
from matinee.boxoffice.till_entries import Tender
from matinee.kernel.errors import DomainError
from tests.boxoffice.counter import CARD, Clerk
from tests.boxoffice.selling import Sale
from tests.building import LETTERED
from tests.depth import examples

AMOUNTS = st.integers(min_value=1, max_value=40_000)
SEATS = st.sampled_from(LETTERED)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["cash", "card", "give", "online"]), SEATS),
    st.tuples(st.sampled_from(["refund", "refund_cash"]), st.integers(0, 9)),
    st.tuples(st.just("exchange"), st.integers(0, 9), SEATS),
    st.tuples(st.sampled_from(["pay_in", "pay_out"]), AMOUNTS),
)


class Drawer:
    """The cash as somebody with a pencil would add it up."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.sale = clerk, clerk.sale
        self.orders: list[int] = []
        self.cash = clerk.cash

    def cash_(self, seat: str) -> None:
        order_id = self.clerk.sell(seat, tender=Tender(received=50_000))
        self.orders.append(order_id)
        self.cash += self.sale.sums(order_id).total

    def card(self, seat: str) -> None:
        self.orders.append(self.clerk.sell(seat, tender=CARD))

    def give(self, seat: str) -> None:
        order_id = self.clerk.hold(seat)
        self.clerk.give_away(order_id)
        self.orders.append(order_id)

    def online(self, seat: str) -> None:
        self.orders.append(self.sale.sold(seat))

    def refund(self, which: int) -> None:
        self.cash -= self.clerk.refund(self._order(which)).cash

    def refund_cash(self, which: int) -> None:
        order_id = self._order(which)
        worth = sum(one.amount + one.fee_amount for one in self.sale.tickets(order_id).values())
        back = self.clerk.refund(order_id, way="cash")
        assert back.cash == back.total == worth
        self.cash -= worth

    def exchange(self, which: int, seat: str) -> None:
        order_id = self._order(which)
        before = self.sale.sums(order_id)
        back = self.clerk.exchange(order_id, seat)
        paid = self.sale.sums(order_id).paid - before.paid
        assert back.total == self.sale.sums(order_id).refunded - before.refunded
        self.cash += paid - back.cash

    def pay_in(self, amount: int) -> None:
        self.clerk.pay_in(amount)
        self.cash += amount

    def pay_out(self, amount: int) -> None:
        self.clerk.pay_out(amount)
        self.cash -= amount

    def _order(self, which: int) -> int:
        if not self.orders:
            raise TillTooEmpty
        return self.orders[which % len(self.orders)]


@pytest.fixture
def clerk(sale: Sale) -> Clerk:
    return Clerk.joining(sale)


@settings(
    max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_the_cash_is_what_came_and_went_whatever_was_done(
    clerk: Clerk, steps: list[tuple[object, ...]]
) -> None:
    drawer = Drawer(clerk.open(20_000))
    for name, *values in steps:
        step: Callable[..., None] = getattr(drawer, {"cash": "cash_"}.get(str(name), str(name)))
        try:
            step(*values)
        except DomainError:
            # Refused, and nothing of it was done: a seat that is taken, tickets that came back already, an empty till.
            clerk.let_go()
    assert clerk.cash == drawer.cash
    report = clerk.report()
    assert report.expected_cash == 20_000 + sum(one.amount for one in report.moved if one.tender == "cash")
    clerk.sale.check_books()
    closed = clerk.close(drawer.cash)
    assert closed.expected_cash == drawer.cash
    # For the next example, which begins with every seat free.
    for order_id in drawer.orders:
        if clerk.sale.tickets(order_id):
            clerk.sale.refund(order_id)
