"""Everything that is known of one order, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.audit import audit_of
from matinee.accounts.models import AuditEntry, User
from matinee.boxoffice.models import Order, OrderEvent, OrderPayment
from matinee.boxoffice.order_details import IssuedTicket, OrderDetails, details_of
from matinee.boxoffice.order_search import events_of
from matinee.boxoffice.orders import SOLD, UNPAID, find_order, outstanding_amount, state_at
from matinee.door.admissions import admissions_of_order
from matinee.door.models import Admission
from matinee.kernel.natural import natural_key
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.queries import messages_about
from matinee.payments.models import PaymentRefund
from matinee.payments.refunds import refunds_of

AUDIT_ROWS_MAX = 200


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order with its whole history. Amounts in minor units of its currency."""

    details: OrderDetails
    state: str
    now: datetime
    outstanding: int
    buyer: User | None
    clerk: User | None
    events: Sequence[OrderEvent]
    refunds: Sequence[PaymentRefund]
    # Ids of the payments that count towards the order.
    accepted: frozenset[int]
    # Ticket id -> when it was let in.
    admissions: Mapping[str, Admission]
    messages: Sequence[Message]
    # Endpoint id -> where it is.
    endpoints: Mapping[int, str]
    audit: Sequence[AuditEntry]

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.details.order

    @property
    def currency(self) -> str:
        """Of all amounts."""
        return self.details.order.currency

    @property
    def zone(self) -> str:
        """Of the cinema."""
        return self.details.at.cinema.timezone

    @property
    def is_sold(self) -> bool:
        """Whether tickets are out that can be given back or exchanged."""
        return self.state in SOLD

    @property
    def is_held(self) -> bool:
        """Whether it is a hold whose time is not over."""
        return self.state in UNPAID

    @property
    def valid_tickets(self) -> Sequence[IssuedTicket]:
        """Those that let somebody in, by seat."""
        valid = (one for one in self.details.tickets if one.ticket.state == "valid")
        return sorted(valid, key=lambda one: natural_key(one.seat.label))

    @property
    def own_tickets(self) -> Sequence[IssuedTicket]:
        """Those of them that the buyer did not hand over."""
        return [one for one in self.valid_tickets if one.ticket.holder_email is None]


def read_order_file(session: Session, *, code: str, now: datetime) -> OrderFile:
    """The order of this code. Raises OrderNotFound."""
    order = find_order(session, code=code)
    details = details_of(session, orders=[order])[0]
    ids = [payment.id for payment in details.payments]
    accepted = select(OrderPayment.payment_id).where(OrderPayment.order_id == order.id, OrderPayment.accepted)
    messages = messages_about(session, about=f"order:{order.id}")
    return OrderFile(
        details=details,
        state=state_at(order, now=now),
        now=now,
        outstanding=outstanding_amount(order),
        buyer=session.get(User, order.user_id) if order.user_id is not None else None,
        clerk=session.get(User, order.clerk_id) if order.clerk_id is not None else None,
        events=events_of(session, order=order),
        refunds=refunds_of(session, payment_ids=ids),
        accepted=frozenset(session.scalars(accepted)),
        admissions={one.ticket_id: one for one in admissions_of_order(session, order=order)},
        messages=messages,
        endpoints=_endpoints(session, messages),
        audit=audit_of(session, subjects=subjects_of(order), limit=AUDIT_ROWS_MAX),
    )


def subject_of_order(order: Order) -> str:
    """What the audit log calls the order."""
    return f"order:{order.code}"


def subjects_of(order: Order) -> tuple[str, ...]:
    """All that the audit log may call the order."""
    return subject_of_order(order), f"order:{order.id}"


def _endpoints(session: Session, messages: Sequence[Message]) -> Mapping[int, str]:
    ids = {one.endpoint_id for one in messages if one.endpoint_id is not None}
    wanted = select(WebhookEndpoint.id, WebhookEndpoint.url).where(WebhookEndpoint.id.in_(ids))
    return {row.id: row.url for row in session.execute(wanted)} if ids else {}
