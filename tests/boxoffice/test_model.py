"""Any sequence of holds, payments, purchases, expiries, refunds and exchanges leaves the database as the model says."""

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
from matinee.boxoffice.errors import (
    HoldExpired,
    NothingToPay,
    PaymentUnderWay,
    PromoCodeUsedUp,
    SeatsNotFree,
    StepNotAllowed,
    VoucherEmpty,
)
from matinee.boxoffice.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderPayment,
    PromoCode,
    SeatClaim,
    Ticket,
    Voucher,
    VoucherEntry,
)
from matinee.boxoffice.orders import ALLOWED_STEPS, outstanding_amount
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.queries import claimed_seats
from matinee.boxoffice.sales import sell_seats
from matinee.kernel.errors import DomainError
from matinee.outbox.models import Message
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Seat
from matinee.web.shared.services import Services
from tests.boxoffice.model_sale import FEE, PROMO_PERCENT, ModelPayment, ModelSale
from tests.boxoffice.selling import HOLD, PAYMENT, Sale
from tests.building import DAY, LETTERED, NOW, PRICE_A, PRICE_B, Buyer, House
from tests.depth import examples, seconds

PROMO, USES_MAX = "TEN", 1
VOUCHER_AMOUNT = 25_000
# Few seats and one that does not exist, so that buyers meet all the time.
FREE_LABELS = ("1", "2", "3")
ASKED = {
    "free": st.lists(st.sampled_from([*FREE_LABELS, "99"]), min_size=1, max_size=3, unique=True).map(tuple),
    "priced": st.lists(
        st.sampled_from([*LETTERED[:2], *LETTERED[4:]]), min_size=1, max_size=3, unique=True
    ).map(tuple),
}
# What costs something is chosen more often: there is more to go wrong.
SEATS = st.sampled_from(["free", "priced", "priced"]).flatmap(
    lambda which: st.tuples(st.just(which), ASKED[which])
)


class SaleMachine(RuleBasedStateMachine):
    """One database, one clock that only moves on, and the model beside it."""

    orders = Bundle("orders")

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        super().__init__()
        self.services = services
        self.buyer = buyer
        self.sale = Sale(services, house, buyer)
        self.now = NOW
        self.screenings = {"free": house.second_hall, "priced": house.lettered}
        self.model = ModelSale(
            {
                house.second_hall: dict.fromkeys(FREE_LABELS, 0),
                house.lettered: {label: PRICE_A if label[0] == "A" else PRICE_B for label in LETTERED},
            },
            uses_max=USES_MAX,
            voucher_balance=VOUCHER_AMOUNT,
        )

    @initialize()
    def begin_with_nothing_sold(self) -> None:
        def clear(session: Session) -> None:
            for table in (SeatClaim, Ticket, OrderEvent, OrderLine, VoucherEntry, OrderPayment, PaymentRefund,
                          Payment, Order, PromoCode, Voucher, Message):  # fmt: skip
                session.execute(delete(table))
            session.get_one(Cinema, self.sale.house.cinema).booking_fee_amount = FEE

        self.services.transactions.write(clear)
        self.sale.promo(PROMO, value=PROMO_PERCENT, uses_max=USES_MAX)
        self.voucher = self.sale.voucher(VOUCHER_AMOUNT)

    # What matters most needs several steps in a row, so some holds come with the next ones.
    @rule(target=orders, seats=SEATS, then=st.sets(st.sampled_from(["discount", "voucher", "pay"])))
    def hold(self, seats: tuple[str, tuple[str, ...]], then: set[str]) -> object:
        which, labels = seats
        screening = self.screenings[which]
        order_id = self._taken(
            screening, labels, lambda: self.sale.hold(*labels, screening=screening, now=self.now)
        )
        if order_id is None:
            return multiple()
        self.model.take(order_id, screening, labels, self.now, HOLD)
        if "discount" in then:
            self._discount(order_id)
        if "voucher" in then:
            self._spend_the_voucher(order_id)
        if "pay" in then and self.model.orders[order_id].state == "held":
            self._begin_to_pay(order_id)
        return order_id

    @rule(target=orders, seats=SEATS)
    def sell_in_a_session(self, seats: tuple[str, tuple[str, ...]]) -> object:
        which, labels = seats

        def work(session: Session) -> int:
            tickets = sell_seats(
                session, screening_id=self.screenings[which], labels=labels,
                buyer=session.get_one(User, self.buyer.id), currency="UAH", channel="counter", now=self.now,
            )  # fmt: skip
            assert len(tickets) == len(labels)
            return tickets[0].order_id

        return self._sold_at_once(which, labels, lambda: self.services.transactions.write(work))

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

        return self._sold_at_once("priced", labels, work)

    def _sold_at_once(self, which: str, labels: tuple[str, ...], act: Callable[[], int]) -> object:
        order_id = self._taken(self.screenings[which], labels, act)
        if order_id is None:
            return multiple()
        self.model.sell_at_once(order_id, self.screenings[which], labels)
        return order_id

    def _taken(self, screening: int, labels: tuple[str, ...], act: Callable[[], int]) -> int | None:
        if self.model.can_take(screening, labels, self.now):
            return act()
        with pytest.raises(SeatsNotFree):
            act()
        return None

    @rule(order_id=orders, data=st.data())
    def change(self, order_id: int, data: st.DataObject) -> None:
        known = self.model.orders[order_id]
        which = "free" if known.screening == self.screenings["free"] else "priced"
        labels = data.draw(ASKED[which])

        def act() -> None:
            self.sale.change(order_id, *labels, now=self.now)

        refusal = self._why_no_change(order_id)
        if refusal is None and not self.model.can_take(known.screening, labels, self.now, own=order_id):
            refusal = SeatsNotFree
        if self._done(act, refusal):
            known.lines = self.model.lines(known.screening, labels)
            self.model.price(known)
            self.model.claim(order_id)

    @rule(order_id=orders)
    def discount(self, order_id: int) -> None:
        self._discount(order_id)

    def _discount(self, order_id: int) -> None:
        known = self.model.orders[order_id]
        refusal = self._why_no_change(order_id)
        if refusal is None and self.model.uses(self.now, order_id) >= USES_MAX:
            refusal = PromoCodeUsedUp
        if self._done(lambda: self.sale.apply(order_id, PROMO, now=self.now), refusal):
            known.promo = True
            self.model.price(known)

    @rule(order_id=orders)
    def extend(self, order_id: int) -> None:
        known = self.model.orders[order_id]
        refusal = self._why_no_hold(order_id)
        if refusal is None and known.state == "paying":
            refusal = PaymentUnderWay
        if self._done(lambda: self.sale.extend(order_id, now=self.now), refusal):
            self._prolong(order_id, HOLD)

    @rule(order_id=orders)
    def begin_to_pay(self, order_id: int) -> None:
        self._begin_to_pay(order_id)

    def _begin_to_pay(self, order_id: int) -> None:
        known = self.model.orders[order_id]
        refusal = None if known.state == "due" else self._why_no_hold(order_id)
        provider = "stripe" if known.outstanding else "free"
        amount = known.outstanding
        begun: list[str] = []
        if not self._done(lambda: begun.append(self.sale.intend(order_id, provider, now=self.now)), refusal):
            return
        if known.state != "due":
            self._prolong(order_id, PAYMENT)
            if known.state == "held":
                known.move("paying")
        self.model.payments[begun[0]] = ModelPayment(order_id, amount, provider=provider)

    @rule(data=st.data())
    def money_comes(self, data: st.DataObject) -> None:
        """In time, late, a second time, for something that is gone."""
        asked = [name for name, one in self.model.payments.items() if one.provider != "voucher"]
        assume(asked)
        public_id = data.draw(st.sampled_from(asked))
        first = not self.model.payments[public_id].settled
        assert self.sale.settle(public_id, now=self.now) is first
        if first:
            self.model.settle(public_id, self.now)

    @rule(order_id=orders)
    def spend_the_voucher(self, order_id: int) -> None:
        self._spend_the_voucher(order_id)

    def _spend_the_voucher(self, order_id: int) -> None:
        known = self.model.orders[order_id]
        refusal = None if known.state == "due" else self._why_no_hold(order_id)
        if refusal is None and known.outstanding <= 0:
            refusal = NothingToPay
        elif refusal is None and self.model.voucher_balance == 0:
            refusal = VoucherEmpty
        amount = min(known.outstanding, self.model.voucher_balance)
        if self._done(lambda: self.sale.use_voucher(order_id, self.voucher, now=self.now), refusal):
            self.model.voucher_balance -= amount
            name = f"voucher {len(self.model.payments)}"
            self.model.payments[name] = ModelPayment(order_id, amount, provider="voucher")
            self.model.settle(name, self.now)
            if not self.model.payments[name].accepted:
                self.model.voucher_balance += amount

    @rule(order_id=orders)
    def release(self, order_id: int) -> None:
        held = self.model.orders[order_id].state in ("held", "paying")
        refusal = None if held else self._why_no_hold(order_id)
        if self._done(lambda: self.sale.release(order_id, now=self.now), refusal):
            self.model.end(order_id, "cancelled")

    @rule(order_id=orders, data=st.data())
    def refund(self, order_id: int, data: st.DataObject) -> None:
        known = self.model.orders[order_id]
        if known.state not in ("due", "paid"):
            with pytest.raises(StepNotAllowed):
                self.sale.refund(order_id, now=self.now)
            return
        labels = set(data.draw(st.lists(st.sampled_from(sorted(known.worth)), min_size=1, unique=True)))
        if labels == set(known.worth):
            self.sale.refund(order_id, now=self.now)
        else:
            self.sale.refund_some(order_id, *labels, now=self.now)
        self.model.refund(order_id, labels)

    @rule(order_id=orders, seats=SEATS)
    def exchange(self, order_id: int, seats: tuple[str, tuple[str, ...]]) -> None:
        known = self.model.orders[order_id]
        which, labels = seats
        screening = self.screenings[which]

        def act() -> None:
            self.sale.exchange(order_id, screening, *labels, now=self.now)

        if known.state not in ("due", "paid"):
            with pytest.raises(StepNotAllowed):
                act()
            return
        assume(len(labels) == len(known.worth))
        possible = self.model.can_take(screening, labels, self.now, own=order_id)
        if self._done(act, None if possible else SeatsNotFree):
            self.model.exchange(order_id, screening, labels)

    @rule(minutes=st.sampled_from([1, 5, 10, 16]))
    def time_passes(self, minutes: int) -> None:
        assume(self.now + timedelta(minutes=minutes) < NOW + timedelta(hours=12))
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        expired = [one for one in self.model.orders if self.model.has_run_out(one, self.now)]
        assert self.sale.sweep(self.now) == len(expired)
        for order_id in expired:
            self.model.end(order_id, "expired")

    def _prolong(self, order_id: int, lifetime: timedelta) -> None:
        known = self.model.orders[order_id]
        assert known.expires_at is not None
        known.expires_at = max(known.expires_at, self.now + lifetime)

    def _why_no_hold(self, order_id: int) -> type[DomainError] | None:
        if self.model.is_live(order_id, self.now):
            return None
        known = self.model.orders[order_id]
        return HoldExpired if known.state in ("held", "paying", "expired") else StepNotAllowed

    def _why_no_change(self, order_id: int) -> type[DomainError] | None:
        known = self.model.orders[order_id]
        refusal = self._why_no_hold(order_id)
        begun = known.state == "paying" or known.paid > 0
        return PaymentUnderWay if refusal is None and begun else refusal

    @staticmethod
    def _done(act: Callable[[], object], refusal: type[DomainError] | None) -> bool:
        """Act, and say whether it was done; it must be refused for this reason, if one is given."""
        if refusal is None:
            act()
            return True
        with pytest.raises(refusal):
            act()
        return False

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        self.services.transactions.read(self._compare)

    def _compare(self, session: Session) -> None:
        labels = {seat: label for seat, label in session.execute(select(Seat.id, Seat.label))}  # noqa: C416 - rows
        claims = {(c.screening_id, labels[c.seat_id]): c for c in session.scalars(select(SeatClaim))}
        assert {seat: claim.order_id for seat, claim in claims.items()} == self.model.claims
        self._compare_what_is_shown_as_free(session, labels)
        self._compare_tickets(session, labels)
        self._compare_money(session)
        orders = {order.id: order for order in session.scalars(select(Order))}
        assert {one: order.state for one, order in orders.items()} == {
            one: known.state for one, known in self.model.orders.items()
        }
        for claim in claims.values():
            assert claim.expires_at == orders[claim.order_id].hold_expires_at
        events: dict[int, list[OrderEvent]] = {order_id: [] for order_id in orders}
        for event in session.scalars(select(OrderEvent).order_by(OrderEvent.id)):
            events[event.order_id].append(event)
        for order_id, order in orders.items():
            self._compare_order(order_id, order, events[order_id])

    def _compare_what_is_shown_as_free(self, session: Session, labels: dict[int, str]) -> None:
        taken = claimed_seats(session, screening_ids=list(self.model.prices), now=self.now)
        for screening, prices in self.model.prices.items():
            assert {labels[seat] for seat in taken[screening]} == {
                label for label in prices if not self.model.can_take(screening, (label,), self.now)
            }

    def _compare_tickets(self, session: Session, labels: dict[int, str]) -> None:
        tickets = session.scalars(select(Ticket).where(Ticket.state == "valid")).all()
        valid = [((one.screening_id, labels[one.seat_id]), one.order_id) for one in tickets]
        # As a list: a second valid ticket of one seat would vanish in a dictionary.
        assert sorted(valid) == sorted(self.model.valid_tickets().items())
        for ticket in tickets:
            known = self.model.orders[ticket.order_id]
            assert ticket.amount + ticket.fee_amount == known.worth[labels[ticket.seat_id]]

    def _compare_money(self, session: Session) -> None:
        payments = session.scalars(select(Payment)).all()
        refunds = session.scalars(select(PaymentRefund)).all()
        taken = sum(payment.amount for payment in payments if payment.state == "settled")
        worth = sum(
            sum(order.worth.values()) for order in self.model.orders.values() if order.state == "paid"
        )
        # What is paid of something that is not paid whole yet: a hold, or an order that is due.
        parts = sum(
            order.paid - order.refunded for order in self.model.orders.values() if order.state != "paid"
        )
        assert taken == worth + parts + sum(refund.amount for refund in refunds)
        assert sum(refund.amount for refund in refunds) == sum(
            payment.returned for payment in self.model.payments.values()
        )
        for payment in payments:
            if payment.public_id in self.model.payments:
                known = self.model.payments[payment.public_id]
                assert (payment.amount, payment.state == "settled", payment.refunded_amount) == (
                    known.amount, known.settled, known.returned,
                )  # fmt: skip
        assert session.scalars(select(Voucher)).one().balance == self.model.voucher_balance

    def _compare_order(self, order_id: int, order: Order, events: list[OrderEvent]) -> None:
        known = self.model.orders[order_id]
        assert (order.total_amount, order.paid_amount, order.refunded_amount) == (
            known.total, known.paid, known.refunded,
        )  # fmt: skip
        assert outstanding_amount(order) == known.outstanding
        assert order.hold_expires_at == known.expires_at
        if order.state == "paid":
            assert order.paid_amount - order.refunded_amount == sum(known.worth.values())
        assert [event.to_state for event in events] == known.states_seen
        assert [event.from_state for event in events] == [None, *known.states_seen[:-1]]
        for event in events:
            assert event.to_state == event.from_state or event.to_state in ALLOWED_STEPS[event.from_state]
            assert event.at <= self.now


# A quarter of a minute of work: on a machine that is busy it may take several times as long.
@pytest.mark.timeout(seconds(900))
def test_the_sale_keeps_to_the_model(services: Services, house: House, buyer: Buyer) -> None:
    run_state_machine_as_test(
        lambda: SaleMachine(services, house, buyer),
        settings=settings(
            max_examples=examples(20),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
