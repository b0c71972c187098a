"""Any sequence of holds, purchases, expiries, releases and refunds leaves the database as the model says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import HoldExpired, SeatsNotFree, StepNotAllowed
from matinee.boxoffice.holds import hold_seats, release_expired_holds, release_hold, sell_hold
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.orders import ALLOWED_STEPS
from matinee.boxoffice.purchases import Purchase, purchase_seats
from matinee.boxoffice.queries import claimed_seats
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.tickets import tickets_of_user
from matinee.outbox.models import Message
from matinee.programme.models import Seat
from matinee.web.shared.services import Services
from tests.boxoffice.model_sale import ModelSale
from tests.building import DAY, LETTERED, NOW, PRICE_A, PRICE_B, Buyer, House

HOLD = timedelta(minutes=10)
# Few seats and one that does not exist, so that buyers meet all the time.
FREE_LABELS = ("1", "2", "3")
ASKED = {
    "free": st.lists(st.sampled_from([*FREE_LABELS, "99"]), min_size=1, max_size=3, unique=True).map(tuple),
    "priced": st.lists(
        st.sampled_from([*LETTERED[:2], *LETTERED[4:]]), min_size=1, max_size=3, unique=True
    ).map(tuple),
}
SEATS = st.sampled_from(["free", "priced"]).flatmap(lambda which: st.tuples(st.just(which), ASKED[which]))


class SaleMachine(RuleBasedStateMachine):
    """One database, one clock that only moves on, and the model beside it."""

    orders = Bundle("orders")

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        super().__init__()
        self.services = services
        self.buyer = buyer
        self.now = NOW
        self.screenings = {"free": house.second_hall, "priced": house.lettered}
        self.model = ModelSale(
            {
                house.second_hall: dict.fromkeys(FREE_LABELS, 0),
                house.lettered: {label: PRICE_A if label[0] == "A" else PRICE_B for label in LETTERED},
            }
        )

    @initialize()
    def begin_with_nothing_sold(self) -> None:
        def clear(session: Session) -> None:
            for table in (SeatClaim, Ticket, OrderEvent, Order, Message):
                session.execute(delete(table))

        self.services.transactions.write(clear)

    def write(self, work: Callable[[Session, User], object]) -> object:
        return self.services.transactions.write(
            lambda session: work(session, session.get_one(User, self.buyer.id))
        )

    @rule(target=orders, seats=SEATS)
    def hold(self, seats: tuple[str, tuple[str, ...]]) -> object:
        which, labels = seats
        screening = self.screenings[which]

        def work(session: Session, buyer: User) -> int:
            return hold_seats(
                session, screening_id=screening, labels=labels, buyer=buyer, currency="UAH", channel="site",
                lifetime=HOLD, now=self.now,
            ).id  # fmt: skip

        return self._take(which, labels, lambda: self.write(work), hold=HOLD)

    @rule(target=orders, seats=SEATS)
    def sell_in_a_session(self, seats: tuple[str, tuple[str, ...]]) -> object:
        which, labels = seats

        def work(session: Session, buyer: User) -> int:
            tickets = sell_seats(
                session, screening_id=self.screenings[which], labels=labels, buyer=buyer, currency="UAH",
                channel="counter", now=self.now,
            )  # fmt: skip
            assert len(tickets) == len(labels)
            return tickets[0].order_id

        return self._take(which, labels, lambda: self.write(work), hold=None)

    @rule(target=orders, labels=ASKED["priced"])
    def purchase_by_name(self, labels: tuple[str, ...]) -> object:
        """On PostgreSQL the one statement, on SQLite the same decisions in a session."""
        purchase = Purchase(
            username=self.buyer.username, token=self.buyer.token, cinema=None, day=DAY, title="Café", time="20:30",
            labels=labels,
        )  # fmt: skip

        def work() -> int:
            sold = purchase_seats(
                self.services.transactions,
                self.services.direct,
                self.services.version,
                purchase=purchase,
                now=self.now,
            )
            assert tuple(seat.label for seat in sold) == labels
            return self.services.transactions.read(
                lambda session: session.get_one(Ticket, sold[0].ticket_id).order_id
            )

        return self._take("priced", labels, work, hold=None)

    def _take(
        self, which: str, labels: tuple[str, ...], act: Callable[[], object], *, hold: timedelta | None
    ) -> object:
        screening = self.screenings[which]
        if not self.model.can_take(screening, labels, self.now):
            with pytest.raises(SeatsNotFree):
                act()
            return multiple()
        order_id = act()
        assert isinstance(order_id, int)
        self.model.take(order_id, screening, labels, self.now, hold)
        return order_id

    @rule(order_id=orders)
    def sell_the_hold(self, order_id: int) -> None:
        known = self.model.orders[order_id]

        def work(session: Session, buyer: User) -> int:
            return len(sell_hold(session, order=session.get_one(Order, order_id), buyer=buyer, now=self.now))

        if known.state != "held":
            with pytest.raises(StepNotAllowed):
                self.write(work)
        elif self.model.has_run_out(order_id, self.now):
            with pytest.raises(HoldExpired):
                self.write(work)
        else:
            assert self.write(work) == len(known.labels)
            known.expires_at = None
            known.move(self.model.sold_state(known))

    @rule(order_id=orders)
    def release(self, order_id: int) -> None:
        def work(session: Session, _buyer: User) -> None:
            release_hold(session, order=session.get_one(Order, order_id), actor="buyer", now=self.now)

        if self.model.orders[order_id].state == "held":
            self.write(work)
            self.model.let_go(order_id, "cancelled")
        else:
            with pytest.raises(StepNotAllowed):
                self.write(work)

    @rule(order_id=orders)
    def refund(self, order_id: int) -> None:
        def work(session: Session, _buyer: User) -> None:
            refund_order(
                session, order=session.get_one(Order, order_id), actor="counter", reason="ill", now=self.now
            )

        state = self.model.orders[order_id].state
        if state in ("paid", "due"):
            self.write(work)
            self.model.let_go(order_id, "refunded" if state == "paid" else "cancelled")
        else:
            with pytest.raises(StepNotAllowed):
                self.write(work)

    @rule(minutes=st.sampled_from([1, 4, 5, 10]))
    def time_passes(self, minutes: int) -> None:
        assume(self.now + timedelta(minutes=minutes) < NOW + timedelta(hours=12))
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        expired = [one for one in self.model.orders if self.model.has_run_out(one, self.now)]
        swept = self.write(lambda session, _buyer: release_expired_holds(session, now=self.now))
        assert swept == len(expired)
        for order_id in expired:
            self.model.let_go(order_id, "expired")

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        self.services.transactions.read(self._compare)

    def _compare(self, session: Session) -> None:
        labels = {seat: label for seat, label in session.execute(select(Seat.id, Seat.label))}  # noqa: C416 - rows
        claims = {(c.screening_id, labels[c.seat_id]): c for c in session.scalars(select(SeatClaim))}
        assert {seat: claim.order_id for seat, claim in claims.items()} == self.model.claims
        self._compare_what_is_shown_as_free(session, labels)
        self._compare_tickets(session, labels)
        orders = {order.id: order for order in session.scalars(select(Order))}
        assert {one: order.state for one, order in orders.items()} == {
            one: known.state for one, known in self.model.orders.items()
        }
        for claim in claims.values():
            assert claim.expires_at == orders[claim.order_id].hold_expires_at
        for order_id, order in orders.items():
            self._compare_order(session, order_id, order)

    def _compare_what_is_shown_as_free(self, session: Session, labels: dict[int, str]) -> None:
        taken = claimed_seats(session, screening_ids=list(self.model.prices), now=self.now)
        for screening, prices in self.model.prices.items():
            assert {labels[seat] for seat in taken[screening]} == {
                label for label in prices if not self.model.is_free(screening, label, self.now)
            }

    def _compare_tickets(self, session: Session, labels: dict[int, str]) -> None:
        tickets = session.scalars(select(Ticket)).all()
        valid = [
            ((one.screening_id, labels[one.seat_id]), one.order_id) for one in tickets if one.state == "valid"
        ]
        # As a list: a second valid ticket of one seat would vanish in a dictionary.
        assert sorted(valid) == sorted(self.model.valid_tickets().items())
        assert {ticket.id for ticket in tickets_of_user(session, user_id=self.buyer.id)} == {
            ticket.id for ticket in tickets if ticket.state == "valid"
        }
        mails = session.scalars(select(Message.payload)).all()
        assert sorted(mail["order_id"] for mail in mails) == sorted({ticket.order_id for ticket in tickets})

    def _compare_order(self, session: Session, order_id: int, order: Order) -> None:
        known = self.model.orders[order_id]
        assert order.total_amount == known.amount
        assert order.seats_asked == len(known.labels)
        assert order.hold_expires_at == known.expires_at
        tickets = session.scalars(select(Ticket).where(Ticket.order_id == order_id)).all()
        if tickets:
            assert sum(ticket.amount for ticket in tickets) == order.total_amount
        events = session.scalars(
            select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
        ).all()
        assert [event.to_state for event in events] == known.states_seen
        assert [event.from_state for event in events] == [None, *known.states_seen[:-1]]
        for event in events:
            assert event.to_state in ALLOWED_STEPS[event.from_state]
            assert event.at <= self.now


def test_the_sale_keeps_to_the_model(services: Services, house: House, buyer: Buyer) -> None:
    run_state_machine_as_test(
        lambda: SaleMachine(services, house, buyer),
        settings=settings(
            max_examples=60,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
