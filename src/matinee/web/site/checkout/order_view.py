"""An order as its page shows it: what it is at this moment, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.access import Asker, order_seen_by
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.offers import is_on_sale
from matinee.boxoffice.open_payments import STOPPED_BY_BUYER, UNDER_WAY
from matinee.boxoffice.order_details import IssuedTicket, OrderDetails, details_of
from matinee.boxoffice.orders import SOLD, outstanding_amount, state_at
from matinee.boxoffice.payment_time import COUNTER
from matinee.kernel.natural import natural_key
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.programme.screening_prices import ZonePrice, prices_of_screening

# reserved: to be paid at the counter, no tickets yet. late: the time ran out while somebody was paying.
Stage = Literal["held", "reserved", "paying", "late", "sold", "expired", "cancelled", "refunded"]
# WCAG 2.2, success criterion 2.2.1: who needs more time is warned so early that there is time to ask for it.


@dataclass(frozen=True, slots=True)
class OrderView:
    """The order with all that its page says. Amounts in minor units, moments in UTC."""

    details: OrderDetails
    stage: Stage
    now: datetime
    # Who the tickets may be for, and what that costs in each zone.
    prices: Sequence[ZonePrice]
    # The newest payment that may still bring money.
    under_way: Payment | None
    # The newest payment came to nothing, and not because the buyer wanted so.
    has_failed: bool
    outstanding: int

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.details.order

    @property
    def currency(self) -> str:
        """Of all amounts."""
        return self.order.currency

    @property
    def subtotal(self) -> int:
        """What the seats cost before any discount and fee."""
        return sum(one.amount for one in self.details.seats)

    @property
    def paid(self) -> int:
        """What was paid and is not back."""
        return self.order.paid_amount - self.order.refunded_amount

    @property
    def can_change(self) -> bool:
        """Whether seats, ticket types and promo code can be changed."""
        return self.stage == "held" and not self.order.paid_amount

    @property
    def expires_at(self) -> datetime | None:
        """The end of the time to pay, where the order is not paid."""
        return self.order.hold_expires_at if self.stage in ("held", "paying", "reserved") else None

    @property
    def counter_until(self) -> datetime:
        """Until when an order that is to be paid at the counter is kept."""
        at = self.details.at
        return at.screening.starts_at - timedelta(minutes=at.cinema.counter_until_minutes)

    @property
    def return_until(self) -> datetime:
        """Until when tickets can be given back or exchanged."""
        at = self.details.at
        return at.screening.starts_at - timedelta(minutes=at.cinema.refund_until_minutes)

    @property
    def can_return(self) -> bool:
        """Whether it is time to give tickets back or exchange them."""
        return self.stage == "sold" and self.now < self.return_until and bool(self.tickets)

    @property
    def can_choose_again(self) -> bool:
        """Whether the screening is still on sale."""
        return is_on_sale(self.details.at.screening, now=self.now)

    @property
    def tickets(self) -> Sequence[IssuedTicket]:
        """The tickets that let somebody in, by seat."""
        valid = (one for one in self.details.tickets if one.ticket.state == "valid")
        return sorted(valid, key=lambda one: natural_key(one.seat.label))

    @property
    def type_names(self) -> Mapping[str | None, str]:
        """The code of a ticket type -> what people call it."""
        return {price.ticket_type_code: price.ticket_type_name for price in self.prices}

    def prices_in(self, zone: str) -> Sequence[ZonePrice]:
        """What a seat of this zone costs, for each ticket type."""
        return [price for price in self.prices if price.zone == zone]

    @property
    def version(self) -> str:
        """Differs when the page must be shown anew."""
        payment = self.under_way
        paying = f"{payment.public_id}:{payment.state}" if payment is not None else ""
        return f"{self.stage} {self.outstanding} {len(self.tickets)} {paying}"


def read_order(session: Session, *, code: str, asker: Asker, now: datetime) -> OrderView:
    """The order of this code as its page shows it. Raises OrderNotFound, also for one that is not the asker's."""
    return view_of(session, order=order_seen_by(session, code=code, asker=asker), now=now)


def view_of(session: Session, *, order: Order, now: datetime) -> OrderView:
    """The order as its page shows it."""
    details = details_of(session, orders=[order])[0]
    newest = _newest_payment(session, order)
    under_way = next((one for one in reversed(details.payments) if one.state in UNDER_WAY), None)
    failed = newest is not None and newest.state == "failed" and newest.failure != STOPPED_BY_BUYER
    return OrderView(
        details=details,
        stage=_stage(order, under_way, now=now),
        now=now,
        prices=prices_of_screening(session, screening=details.at.screening),
        under_way=under_way,
        has_failed=failed,
        outstanding=outstanding_amount(order),
    )


def _stage(order: Order, under_way: Payment | None, *, now: datetime) -> Stage:
    state = state_at(order, now=now)
    if state in SOLD:
        return "sold"
    at_counter = under_way is not None and under_way.provider == COUNTER
    if state == "paying":
        return "reserved" if at_counter else "paying"
    if state == "expired" and under_way is not None and not at_counter:
        return "late"
    return state  # type: ignore[return-value]  # a constraint of the table


def _newest_payment(session: Session, order: Order) -> Payment | None:
    """Vouchers do not count: they pay at once or not at all."""
    wanted = (
        select(Payment)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .where(OrderPayment.order_id == order.id, Payment.provider != VOUCHER)
        .order_by(Payment.id.desc())
        .limit(1)
    )
    return session.scalars(wanted).first()
