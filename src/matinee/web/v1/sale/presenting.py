"""Orders put into the shapes of the API."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.boxoffice.holds import WARNED_BEFORE_END
from matinee.boxoffice.models import Order
from matinee.boxoffice.order_details import (
    IssuedTicket,
    OrderDetails,
    OrderedSeat,
    ScreeningDetails,
    details_of,
)
from matinee.boxoffice.orders import SOLD, UNPAID, outstanding_amount, state_at
from matinee.payments.models import Payment
from matinee.programme.models import Seat
from matinee.programme.queries import SeatOfHall
from matinee.web.shared.services import services
from matinee.web.v1.blueprint import PREFIX
from matinee.web.v1.sale.order_shape import (
    OrderPaymentShape,
    OrderScreeningShape,
    OrderSeatShape,
    OrderShape,
    OrderState,
    OrderTicketShape,
)
from matinee.web.v1.shapes import Money, in_zone


def told_order(session: Session, *, order: Order, now: datetime, to_staff: bool = False) -> OrderShape:
    """The order as it is at `now`, with all that belongs to it."""
    return present_order(details_of(session, orders=[order])[0], now=now, to_staff=to_staff)


def present_order(details: OrderDetails, *, now: datetime, to_staff: bool = False) -> OrderShape:
    """The order as it is at `now`: a hold that ran out is expired, swept or not.

    Buyers are not told the ids of tickets that they handed over.
    """
    order = details.order
    state: OrderState = state_at(order, now=now)  # type: ignore[assignment]  # a constraint of the table
    zone, currency = details.at.cinema.timezone, order.currency
    expires_at = order.hold_expires_at if state in UNPAID else None

    def money(amount: int) -> Money:
        return Money(amount=amount, currency=currency)

    return OrderShape(
        code=order.code,
        state=state,
        created_at=in_zone(order.created_at, zone),
        expires_at=in_zone(expires_at, zone) if expires_at else None,
        warn_at=in_zone(expires_at - WARNED_BEFORE_END, zone) if expires_at else None,
        extensions_left=_extensions_left(order) if state == "held" else 0,
        channel=order.channel,
        email=details.email,
        promo_code=details.promo_code,
        screening=present_screening(details.at),
        seats=[_seat(one, currency) for one in details.seats],
        subtotal=money(sum(one.amount for one in details.seats)),
        discount=money(order.discount_amount),
        fee=money(order.fee_amount),
        total=money(order.total_amount),
        paid=money(order.paid_amount),
        refunded=money(order.refunded_amount),
        outstanding=money(outstanding_amount(order) if state in (*UNPAID, *SOLD) else 0),
        payments=[_payment(one) for one in details.payments],
        tickets=[_ticket(one, currency, to_staff=to_staff) for one in details.tickets],
        links=_links(order, state),
    )


def present_screening(details: ScreeningDetails) -> OrderScreeningShape:
    """What an order or a ticket says about its screening."""
    screening, zone = details.screening, details.cinema.timezone
    return OrderScreeningShape(
        id=screening.id,
        film=details.film.title,
        starts_at=in_zone(screening.starts_at, zone),
        ends_at=in_zone(screening.ends_at, zone),
        hall=details.hall.name,
        cinema=details.cinema.slug,
        cancelled=screening.cancelled_at is not None,
    )


def seat_told(seat: Seat | SeatOfHall) -> dict[str, str]:
    """What is said about a seat wherever one stands."""
    return {
        "label": seat.label,
        "row": seat.row,
        "place": seat.place,
        "kind": seat.kind,
        "zone": seat.zone,
    }


def _extensions_left(order: Order) -> int:
    return max(0, services().hold_terms.extensions_max - order.extensions)


def _seat(ordered: OrderedSeat, currency: str) -> OrderSeatShape:
    amount = Money(amount=ordered.amount, currency=currency)
    return OrderSeatShape(**seat_told(ordered.seat), ticket_type=ordered.ticket_type, amount=amount)


def _ticket(issued: IssuedTicket, currency: str, *, to_staff: bool) -> OrderTicketShape:
    ticket = issued.ticket
    told_id = to_staff or ticket.holder_email is None
    return OrderTicketShape(
        id=ticket.id if told_id else None,
        state=ticket.state,
        seat=issued.seat.label,
        ticket_type=issued.ticket_type,
        amount=Money(amount=ticket.amount, currency=currency),
        fee=Money(amount=ticket.fee_amount, currency=currency),
    )


def _payment(payment: Payment) -> OrderPaymentShape:
    return OrderPaymentShape(
        id=payment.public_id,
        provider=payment.provider,
        state=payment.state,
        amount=Money(amount=payment.amount, currency=payment.currency),
        refunded=Money(amount=payment.refunded_amount, currency=payment.currency),
    )


def _links(order: Order, state: OrderState) -> dict[str, str]:
    own, hold = f"{PREFIX}/orders/{order.code}", f"{PREFIX}/holds/{order.code}"
    links = {"self": own, "screening": f"{PREFIX}/screenings/{order.screening_id}"}
    if state in UNPAID:
        links["hold"] = hold
        if state == "held":
            links["extensions"] = f"{hold}/extensions"
        links["payments"] = f"{own}/payments"
        links["cancellation"] = f"{own}/cancellation"
    if state == "due":
        links["payments"] = f"{own}/payments"
    if state in SOLD:
        links["refunds"] = f"{own}/refunds"
        links["exchanges"] = f"{own}/exchanges"
    return links
