"""What is committed in the database, read as rows, without any of the box office's own operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, text, update

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, OrderPayment, SeatClaim, Ticket
from matinee.kernel import clock
from matinee.outbox.models import Message
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Seat
from proof.checker import Seat as SeatKey
from proof.checker import State
from proof.history import Record, unknown_owner
from tests.race.ledger import opened

Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Committed:
    """The rows that promises are about, at one moment."""

    at: datetime
    # id, code, state, screening_id, username, total_amount, paid_amount, refunded_amount, hold_expires_at
    orders: Rows
    # id, order_id, screening_id, label, state, amount (with the fee)
    tickets: Rows
    # screening_id, label, order_id, expires_at
    claims: Rows
    # id, public_id, order_id, provider, state, amount, refunded_amount, accepted
    payments: Rows
    # payment_id, state, amount
    refunds: Rows
    messages: Sequence[Message]
    # What SQLite's own check of the file says; empty where all is well.
    damage: list[str]


def read_committed(url: str) -> Committed:
    """Read in one transaction."""
    with opened(url) as session:
        damage: list[str] = []
        if session.get_bind().dialect.name == "sqlite":
            said = [str(line) for line in session.scalars(text("PRAGMA integrity_check"))]
            damage = [line for line in said if line != "ok"]
            damage += [str(row) for row in session.execute(text("PRAGMA foreign_key_check"))]
        orders = session.execute(
            select(
                Order.id, Order.code, Order.state, Order.screening_id, User.username, Order.total_amount,
                Order.paid_amount, Order.refunded_amount, Order.hold_expires_at,
            ).outerjoin(User, User.id == Order.user_id)
        ).all()  # fmt: skip
        worth = (Ticket.amount + Ticket.fee_amount).label("amount")
        tickets = session.execute(
            select(
                Ticket.id, Ticket.order_id, Ticket.screening_id, Seat.label, Ticket.state, worth
            ).join(Seat, Seat.id == Ticket.seat_id)
        ).all()  # fmt: skip
        claims = session.execute(
            select(SeatClaim.screening_id, Seat.label, SeatClaim.order_id, SeatClaim.expires_at).join(
                Seat, Seat.id == SeatClaim.seat_id
            )
        ).all()
        payments = session.execute(
            select(
                Payment.id, Payment.public_id, OrderPayment.order_id, Payment.provider, Payment.state, Payment.amount,
                Payment.refunded_amount, OrderPayment.accepted,
            ).join(OrderPayment, OrderPayment.payment_id == Payment.id)
        ).all()  # fmt: skip
        refunds = session.execute(
            select(PaymentRefund.payment_id, PaymentRefund.state, PaymentRefund.amount)
        ).all()
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        session.expunge_all()
        return Committed(clock.now(), orders, tickets, claims, payments, refunds, messages, damage)


def seat_states(committed: Committed, records: Sequence[Record]) -> dict[SeatKey, State]:
    """The seats that are not free, each with the owner by which the history knows it."""
    told = {record.owner for record in records}
    by_ticket = {ticket: record.owner for record in records for ticket in record.tickets.values()}
    labels: dict[int, list[str]] = {}
    tickets: dict[int, list[str]] = {}
    for claim in committed.claims:
        labels.setdefault(claim.order_id, []).append(claim.label)
    for ticket in committed.tickets:
        tickets.setdefault(ticket.order_id, []).append(ticket.id)
    owners = {}
    for order in committed.orders:
        known = next((by_ticket[one] for one in tickets.get(order.id, ()) if one in by_ticket), None)
        unknown = unknown_owner(str(order.username), labels.get(order.id, ()))
        owners[order.id] = known or (order.code if order.code in told else unknown)
    return {
        (claim.screening_id, claim.label): (
            "sold" if claim.expires_at is None else "held",
            owners[claim.order_id],
        )
        for claim in committed.claims
        if claim.expires_at is None or claim.expires_at > committed.at
    }


def end_holds(url: str, code: str | None = None) -> None:
    """As though the minutes had passed for which seats are kept: of all holds, or of the one with this code."""
    past = clock.now() - timedelta(seconds=1)
    kept = Order.hold_expires_at.is_not(None)
    if code is not None:
        kept = and_(kept, Order.code == code)
    with opened(url) as session:
        orders = session.scalars(select(Order.id).where(kept)).all()
        for first in range(0, len(orders), 500):
            some = orders[first : first + 500]
            unsold = and_(SeatClaim.order_id.in_(some), SeatClaim.expires_at.is_not(None))
            session.execute(update(SeatClaim).where(unsold).values(expires_at=past))
            held = and_(Order.id.in_(some), Order.hold_expires_at.is_not(None))
            session.execute(update(Order).where(held).values(hold_expires_at=past))


def let_refunds_go(url: str) -> int:
    """As though the pauses had passed after which refunds are tried again; return how many are still to be carried out."""
    with opened(url) as session:
        waiting = PaymentRefund.state == "pending"
        session.execute(update(PaymentRefund).where(waiting).values(next_attempt_at=clock.now()))
        return session.scalar(select(func.count()).select_from(PaymentRefund).where(waiting)) or 0


def count_waiting(url: str) -> int:
    """How many mails were neither sent nor given up."""
    with opened(url) as session:
        waiting = select(func.count()).where(Message.sent_at.is_(None), Message.failed_at.is_(None))
        return session.scalar(waiting) or 0


def let_mails_go(url: str) -> None:
    """As though the pauses had passed after which mails are tried again, and the leases of workers that died."""
    now = clock.now()
    with opened(url) as session:
        waiting = update(Message).where(Message.sent_at.is_(None), Message.failed_at.is_(None))
        session.execute(waiting.where(Message.next_attempt_at > now).values(next_attempt_at=now))
        session.execute(waiting.where(Message.leased_until.is_not(None)).values(leased_until=now, lease=None))
