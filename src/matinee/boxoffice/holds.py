"""Holds: seats kept for a buyer for some minutes. A hold that ran out is free at that instant, swept or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.claims import choose_seats, claim_seats, keep_claims_for_good, release_claims
from matinee.boxoffice.errors import HoldExpired, StepNotAllowed
from matinee.boxoffice.models import Order, SeatClaim, Ticket
from matinee.boxoffice.orders import record_start, record_step
from matinee.boxoffice.sales import mail_tickets, new_order
from matinee.boxoffice.tickets import issue_tickets
from matinee.programme.models import Seat

# How many orders one sweep looks at, so that its transaction stays short.
SWEEP_ORDERS_MAX = 200


def hold_seats(
    session: Session,
    *,
    screening_id: int,
    labels: Sequence[str],
    buyer: User | None,
    currency: str,
    channel: str,
    lifetime: timedelta,
    now: datetime,
) -> Order:
    """Keep all the seats or none until `lifetime` from now. Raises SeatsNotFree; the transaction must be rolled back."""
    amounts = choose_seats(session, screening_id=screening_id, labels=labels)
    expires_at = now + lifetime
    order = new_order(
        session,
        screening_id=screening_id,
        buyer=buyer,
        state="held",
        amounts=list(amounts.values()),
        currency=currency,
        channel=channel,
        now=now,
        hold_expires_at=expires_at,
    )
    claim_seats(session, order=order, seat_ids=list(amounts), expires_at=expires_at, now=now)
    record_start(session, order=order, actor=buyer.username if buyer else "buyer", now=now)
    return order


def sell_hold(session: Session, *, order: Order, buyer: User, now: datetime) -> list[Ticket]:
    """Turn a hold into a sale, with tickets and their mail. What costs money is due at the counter.

    Raises StepNotAllowed for an order that is no hold, HoldExpired when its time is over (also unswept).
    """
    # Two clicks at once must not sell twice.
    session.refresh(order, with_for_update=True)
    if order.state != "held":
        raise StepNotAllowed(f"An order that is {order.state} is no hold.")
    if order.hold_expires_at is None or order.hold_expires_at <= now:
        raise HoldExpired
    labels = session.scalars(
        select(Seat.label).join(SeatClaim, SeatClaim.seat_id == Seat.id).where(SeatClaim.order_id == order.id)
    ).all()
    amounts = choose_seats(session, screening_id=order.screening_id, labels=labels)
    if keep_claims_for_good(session, order=order, now=now) != order.seats_asked:
        raise HoldExpired
    if order.user_id is None:
        order.user_id = buyer.id
    record_step(
        session,
        order=order,
        to_state="due" if order.total_amount else "paid",
        actor=buyer.username,
        now=now,
    )
    tickets = issue_tickets(session, order=order, amounts=amounts, now=now)
    mail_tickets(session, order=order, recipient=buyer.username, now=now)
    return tickets


def release_hold(session: Session, *, order: Order, actor: str, now: datetime) -> None:
    """Give the seats of a hold back before its time. Raises StepNotAllowed for an order that is no hold."""
    session.refresh(order, with_for_update=True)
    if order.state != "held":
        raise StepNotAllowed(f"An order that is {order.state} is no hold.")
    record_step(session, order=order, to_state="cancelled", actor=actor, now=now)
    release_claims(session, order=order)


def release_expired_holds(session: Session, *, now: datetime) -> int:
    """Tidy up holds that ran out; return how many orders expired. No sale depends on it."""
    expired = session.scalars(
        select(Order)
        .where(Order.hold_expires_at <= now)
        .order_by(Order.id)
        .limit(SWEEP_ORDERS_MAX)
        # Another sweeper, or a buyer in the middle of something, has the others.
        .with_for_update(skip_locked=True)
    ).all()
    for order in expired:
        record_step(session, order=order, to_state="expired", actor="worker", now=now)
        release_claims(session, order=order)
    return len(expired)
