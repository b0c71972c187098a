"""Selling: from seats to an order with tickets, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.claims import choose_seats, claim_seats
from matinee.boxoffice.lines import lines_of
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.money_back import MoneyBack
from matinee.boxoffice.orders import new_order_code, recipient_of, record_start
from matinee.boxoffice.pricing import shares_of
from matinee.boxoffice.tickets import issue_tickets, new_ticket_id
from matinee.db.counting import count_when_committed
from matinee.languages.catalogs import DEFAULT_LANGUAGE
from matinee.outbox.messages import enqueue_message


class Account(Protocol):
    """A user, as far as an order must know him: whoever has read one already need not read him again."""

    @property
    def id(self) -> int:
        """Of the user."""

    @property
    def username(self) -> str:
        """The mail address."""

    @property
    def language(self) -> str:
        """In which mails are written."""


def sell_seats(
    session: Session,
    *,
    screening_id: int,
    labels: Sequence[str],
    buyer: User,
    currency: str,
    channel: str,
    now: datetime,
) -> list[Ticket]:
    """Sell all the seats or none: claims, order, tickets and the mail that carries them.

    What costs money is recorded as due at the counter. Raises SeatsNotFree, and the transaction must be rolled back.
    """
    amounts = choose_seats(session, screening_id=screening_id, labels=labels)
    order = new_order(
        session,
        screening_id=screening_id,
        buyer=buyer,
        state="due" if sum(amounts.values()) else "paid",
        amounts=list(amounts.values()),
        currency=currency,
        channel=channel,
        now=now,
    )
    claim_seats(session, order=order, seat_ids=list(amounts), expires_at=None, now=now)
    tickets = issue_tickets(session, order=order, amounts=amounts, now=now)
    record_start(session, order=order, actor=buyer.username, now=now)
    mail_tickets(session, order=order, now=now)
    return tickets


def new_order(
    session: Session,
    *,
    screening_id: int,
    buyer: Account | None,
    state: str,
    amounts: Sequence[int],
    currency: str,
    channel: str,
    now: datetime,
    hold_expires_at: datetime | None = None,
    language: str | None = None,
    fee: int = 0,
    secret_hash: str | None = None,
) -> Order:
    """Store an order for as many seats as there are `amounts` (minor units); the claims must follow at once.

    `fee`: the booking fee, beside the amounts. `secret_hash`: of what proves whose it is, where it has no account.
    Without a `language` its mails are in that of the buyer's account.
    """
    order = Order(
        code=new_order_code(),
        screening_id=screening_id,
        user_id=buyer.id if buyer is not None else None,
        state=state,
        channel=channel,
        seats_asked=len(amounts),
        seats_claimed=len(amounts),
        total_amount=sum(amounts) + fee,
        fee_amount=fee,
        paid_amount=0,
        currency=currency,
        created_at=now,
        hold_expires_at=hold_expires_at,
        language=language or (buyer.language if buyer is not None else DEFAULT_LANGUAGE),
        secret_hash=secret_hash,
    )
    session.add(order)
    session.flush()
    return order


def issue_order_tickets(
    session: Session, *, order: Order, now: datetime, are_sold: bool = False
) -> list[Ticket]:
    """Make a valid ticket for each line of the order, with what it costs in the end. `are_sold`: as `mark_sold` would."""
    lines = lines_of(session, order=order)
    shares = shares_of([line.amount for line in lines], discount=order.discount_amount, fee=order.fee_amount)
    tickets = [
        Ticket(
            id=new_ticket_id(),
            order_id=order.id,
            screening_id=order.screening_id,
            seat_id=line.seat_id,
            state="valid",
            amount=share.amount,
            fee_amount=share.fee,
            ticket_type_id=line.ticket_type_id,
            created_at=now,
            sold_at=now if are_sold else None,
        )
        for line, share in zip(lines, shares, strict=True)
    ]
    session.add_all(tickets)
    session.flush()
    if are_sold:
        count_when_committed(session, "tickets_sold", len(tickets), channel=order.channel)
    return tickets


def mail_tickets(session: Session, *, order: Order, now: datetime) -> None:
    """Put the mail with the order's tickets into the outbox, where it is known where to send it."""
    mail_about(session, kind="tickets", order=order, now=now)


def mail_money_back(session: Session, *, order: Order, back: MoneyBack, reason: str, now: datetime) -> None:
    """Tell the buyer of an order that money goes back, though no ticket was given back for it."""
    mail_about(session, kind="payment_returned", order=order, now=now, **back.told(), reason=reason)


def mail_about(session: Session, *, kind: str, order: Order, now: datetime, **more: Any) -> None:
    """Put a mail of this kind about the order into the outbox, where it is known where to send it."""
    recipient = recipient_of(order)
    if recipient is not None:
        payload = {"order_id": order.id, **more}
        enqueue_message(session, kind=kind, recipient=recipient, payload=payload, now=now)
