"""Giving tickets back: they become worthless and their seats free in one transaction, and the money is on its way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import release_claims
from matinee.boxoffice.errors import NotTheseTickets, RefundTooLate, StepNotAllowed
from matinee.boxoffice.holders import mail_withdrawals
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.money_back import NOTHING_BACK, give_back
from matinee.boxoffice.orders import SOLD, lock_order, outstanding_amount, record_note, record_step
from matinee.boxoffice.sales import mail_about
from matinee.boxoffice.tickets import mark_returned, mark_sold
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.models import Cinema, Screening


def check_refund_in_time(session: Session, *, order: Order, now: datetime) -> None:
    """Raise RefundTooLate where a buyer may not give back or exchange any more. Staff always may."""
    screening = session.get_one(Screening, order.screening_id)
    cinema = session.get_one(Cinema, screening.cinema_id)
    if now >= screening.starts_at - timedelta(minutes=cinema.refund_until_minutes):
        raise RefundTooLate


def refund_order(
    session: Session, *, order: Order, actor: str, reason: str, now: datetime, mail: str = "order_refunded"
) -> None:
    """Take every valid ticket of a sold order back. `mail` is the kind of mail that tells the buyer.

    The order is `refunded` then, or `cancelled` where nothing had been paid for it. Raises StepNotAllowed for an order that
    is not sold.
    """
    lock_order(session, order)
    refund_tickets(
        session,
        order=order,
        ticket_ids=[ticket.id for ticket in valid_tickets_of(session, order=order)],
        actor=actor,
        reason=reason,
        now=now,
        mail=mail,
    )


def refund_tickets(
    session: Session,
    *,
    order: Order,
    ticket_ids: Collection[str],
    actor: str,
    reason: str,
    now: datetime,
    mail: str = "order_refunded",
) -> None:
    """Take some valid tickets of a sold order back; its other tickets stay as they are.

    What each had cost goes back, with its part of the booking fee; of an order that is not paid yet, only what was paid too
    much. Raises StepNotAllowed, NotTheseTickets.
    """
    lock_order(session, order)
    if order.state not in SOLD:
        # A hold could be cancelled, too, but not from here: its payment may be under way.
        raise StepNotAllowed(f"An order that is {order.state} cannot be given back.")
    valid = valid_tickets_of(session, order=order)
    returned = [ticket for ticket in valid if ticket.id in set(ticket_ids)]
    if not returned or len(returned) != len(set(ticket_ids)):
        raise NotTheseTickets
    amount = take_back(session, order=order, tickets=returned, kept=_worth(valid) - _worth(returned))
    if len(returned) == len(valid):
        to_state = "refunded" if order.state == "paid" or amount else "cancelled"
        record_step(session, order=order, to_state=to_state, actor=actor, now=now, note=reason)
        mark_returned(returned, state=to_state, now=now)
    else:
        # First: once nothing is left to pay, the tickets that are still valid count as sold, and these never did.
        mark_returned(returned, state="refunded", now=now)
        session.flush()
        labels = ", ".join(ticket.seat.label for ticket in returned)
        _record_part(session, order, amount, actor=actor, note=f"given back: {labels}. {reason}", now=now)
    session.flush()
    back = NOTHING_BACK
    if amount:
        back = give_back(session, order=order, amount=amount, reason=reason, now=now)
    mail_about(session, kind=mail, order=order, now=now, **back.told(), reason=reason)
    mail_withdrawals(session, tickets=returned, why=mail, now=now)


def money_back(session: Session, *, order: Order, ticket_ids: Collection[str]) -> int:
    """What would go back for these tickets, in minor units; nothing changes. Raises NotTheseTickets."""
    valid = valid_tickets_of(session, order=order)
    returned = [ticket for ticket in valid if ticket.id in set(ticket_ids)]
    if not returned or len(returned) != len(set(ticket_ids)):
        raise NotTheseTickets
    return beyond(order, kept=_worth(valid) - _worth(returned))


def beyond(order: Order, *, kept: int) -> int:
    """What was paid of the order and is not back yet, beyond what `kept` (minor units) of it remains."""
    return max(0, order.paid_amount - order.refunded_amount - kept)


def take_back(session: Session, *, order: Order, tickets: Sequence[Ticket], kept: int) -> int:
    """Free the seats of tickets of a locked order of which `kept` (minor units) remains; return what is to go back.

    The order's total is afterwards what remains and what was ever refunded, together.
    """
    release_claims(session, order=order, seat_ids=[ticket.seat_id for ticket in tickets])
    amount = beyond(order, kept=kept)
    order.total_amount = kept + order.refunded_amount + amount
    session.flush()
    return amount


def valid_tickets_of(session: Session, *, order: Order) -> list[Ticket]:
    """The order's valid tickets, by seat."""
    wanted = (
        select(Ticket).where(Ticket.order_id == order.id, Ticket.state == "valid").order_by(Ticket.seat_id)
    )
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _record_part(
    session: Session, order: Order, amount: int, *, actor: str, note: str, now: datetime
) -> None:
    if order.state == "paid" or amount:
        announce_event(session, event="order.refunded", payload={"order_id": order.id}, now=now)
    if order.state == "due" and outstanding_amount(order) == 0:
        # What was paid is enough for the tickets that are left.
        record_step(session, order=order, to_state="paid", actor=actor, now=now, note=note)
        mark_sold(session, order=order, now=now)
    else:
        record_note(session, order=order, actor=actor, now=now, note=note)


def _worth(tickets: Sequence[Ticket]) -> int:
    return sum(ticket.amount + ticket.fee_amount for ticket in tickets)
