"""What is known of buyers, taken away from orders: addresses, accounts, names, mails. Figures and staff stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from matinee.accounts.audit import forget_in_audit
from matinee.accounts.callers import ANONYMOUS
from matinee.accounts.models import AuditEntry, User, UserRole
from matinee.boxoffice.models import Order, OrderEvent, OrderPayment, Ticket
from matinee.outbox.messages import forget_messages_about
from matinee.payments.models import PaymentRefund

# As it stands in free text.
ADDRESS = re.compile(r"[^\s<>\"'(),;:@]+@[^\s<>\"'(),;:@]+\.[^\s<>\"'(),;:@]+")


def forget_buyers(session: Session, *, order_ids: Sequence[int]) -> None:
    """Take away what says who bought these orders, which are locked; a few hundred at the most."""
    codes = session.execute(select(Order.id, Order.code).where(Order.id.in_(order_ids))).all()
    tickets = session.scalars(select(Ticket.id).where(Ticket.order_id.in_(order_ids))).all()
    _forget_names(session, order_ids)
    _forget_in_texts(session, order_ids)
    forget_messages_about(session, order_ids=order_ids)
    subjects = [f"order:{key}" for row in codes for key in row] + [f"ticket:{key}" for key in tickets]
    forget_in_audit(session, subjects=subjects, forget=without_addresses)
    session.execute(
        update(Ticket)
        .where(Ticket.order_id.in_(order_ids), Ticket.holder_email.is_not(None))
        .values(holder_email=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Order)
        .where(Order.id.in_(order_ids))
        .values(user_id=None, contact_email=None, secret_hash=None)
        .execution_options(synchronize_session=False)
    )


def without_addresses(text: str) -> str:
    """A text of which no mail address is left."""
    return ADDRESS.sub(ANONYMOUS.name, text)


def _forget_names(session: Session, order_ids: Sequence[int]) -> None:
    """Whoever acted on the orders and is none of the staff is "buyer" from now on; so is a member of it who bought."""
    own = (
        exists()
        .where(
            Order.id == OrderEvent.order_id,
            Order.channel != "counter",
            User.id == Order.user_id,
            User.username == OrderEvent.actor,
            or_(Order.clerk_id.is_(None), Order.clerk_id != User.id),
        )
        .correlate(OrderEvent)
    )
    # Who has a role; who sold it; who ever did something that the audit log tells, and may have left since.
    has_role = select(User.username).join(UserRole, UserRole.user_id == User.id)
    sold_it = exists().where(
        Order.id == OrderEvent.order_id, User.id == Order.clerk_id, User.username == OrderEvent.actor
    )
    in_log = exists().where(AuditEntry.actor == OrderEvent.actor)
    is_staff = or_(
        OrderEvent.actor.in_(has_role), sold_it.correlate(OrderEvent), in_log.correlate(OrderEvent)
    )
    session.execute(
        update(OrderEvent)
        .where(OrderEvent.order_id.in_(order_ids), or_(own, and_(OrderEvent.actor.contains("@"), ~is_staff)))
        .values(actor=ANONYMOUS.name)
        .execution_options(synchronize_session=False)
    )


def _forget_in_texts(session: Session, order_ids: Sequence[int]) -> None:
    """Addresses that somebody wrote into a reason or a note."""
    for event in session.scalars(
        select(OrderEvent).where(OrderEvent.order_id.in_(order_ids), OrderEvent.note.contains("@"))
    ):
        event.note = without_addresses(event.note)
    of_orders = select(OrderPayment.payment_id).where(OrderPayment.order_id.in_(order_ids))
    for refund in session.scalars(
        select(PaymentRefund).where(
            PaymentRefund.payment_id.in_(of_orders), PaymentRefund.reason.contains("@")
        )
    ):
        refund.reason = without_addresses(refund.reason)
    session.flush()
