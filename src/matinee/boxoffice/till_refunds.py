"""Giving back and exchanging at a till: what is handed out leaves it in the transaction that takes the tickets back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import take_money
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.models import Order, OrderPayment, Ticket
from matinee.boxoffice.money_back import parts_back
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.orders import lock_order, outstanding_amount
from matinee.boxoffice.refund_list import hand_out_refund_of_order
from matinee.boxoffice.refunds import money_back, refund_tickets
from matinee.boxoffice.rules import ChoiceRules
from matinee.boxoffice.till_entries import CARD, CASH, Tender, enter_refund, enter_sale
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.protocol import VOUCHER
from matinee.payments.refunds import hand_out_at_once

# as_paid: by the way it came; what was taken at a till goes back out of this one. cash: all but what is on a voucher again.
RefundWay = Literal["as_paid", "cash"]
WAYS: tuple[RefundWay, ...] = ("as_paid", "cash")
COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class WaysBack:
    """What goes back by which way, in minor units. `elsewhere`: through the provider that it came by."""

    cash: int = 0
    card: int = 0
    voucher: int = 0
    elsewhere: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.cash + self.card + self.voucher + self.elsewhere


def plan_refund(session: Session, *, order: Order, ticket_ids: Collection[str], way: RefundWay) -> WaysBack:
    """What a refund of these tickets would hand out; nothing changes. Raises NotTheseTickets."""
    return plan_ways(
        session, order=order, amount=money_back(session, order=order, ticket_ids=ticket_ids), way=way
    )


def plan_ways(session: Session, *, order: Order, amount: int, way: RefundWay) -> WaysBack:
    """By which ways `amount` minor units of what was paid for the order would go back."""
    sums = {"cash": 0, "card": 0, "voucher": 0, "elsewhere": 0}
    for payment, part in parts_back(session, order=order, amount=amount):
        if payment.provider == VOUCHER:
            sums["voucher"] += part
        else:
            sums[_tender_of(session, payment, way) or "elsewhere"] += part
    return WaysBack(**sums)


def refund_at_till(
    session: Session,
    *,
    order: Order,
    ticket_ids: Collection[str],
    way: RefundWay,
    till: TillSession,
    actor: str,
    reason: str,
    now: datetime,
) -> WaysBack:
    """Take valid tickets of a sold order back, and hand out what they cost.

    Raises what `refund_tickets` does, TillTooEmpty and TillClosed.
    """
    lock_order(session, order)
    before = _refunds_of(session, order)
    refund_tickets(session, order=order, ticket_ids=ticket_ids, actor=actor, reason=reason, now=now)
    return _hand_out_new(session, order, before, way=way, till=till, now=now)


def exchange_at_till(
    session: Session,
    *,
    order: Order,
    screening_id: int,
    choices: Sequence[SeatChoice],
    rules: ChoiceRules,
    way: RefundWay,
    tender: Tender,
    till: TillSession,
    actor: str,
    now: datetime,
) -> tuple[list[Ticket], WaysBack]:
    """Exchange a sold order; what it costs more is taken with `tender`, what it costs less handed out.

    Raises what `exchange_order` and `take_money` do, TooLittleReceived, TillTooEmpty and TillClosed.
    """
    lock_order(session, order)
    before = _refunds_of(session, order)
    tickets = exchange_order(
        session, order=order, screening_id=screening_id, choices=choices, rules=rules,
        actor=actor, reason="at the counter", now=now,
    )  # fmt: skip
    back = _hand_out_new(session, order, before, way=way, till=till, now=now)
    payment = None
    if outstanding_amount(order) > 0:
        payment = take_money(session, order=order, actor=actor, now=now, clerk_id=till.clerk_id)
    taken = payment.amount if payment is not None else 0
    enter_sale(
        session, till=till, order=order, payment=payment, amount=taken,
        tender=tender if taken else Tender(), now=now,
    )  # fmt: skip
    return tickets, back


def hand_out_at_till(
    session: Session, *, public_id: str, till: TillSession, actor: str, now: datetime
) -> tuple[PaymentRefund, str]:
    """Hand the money of a refund out in cash that no provider gives back; return it with the code of its order.

    Raises RefundNotFound, RefundNotByHand, TillTooEmpty, TillClosed.
    """
    refund, code = hand_out_refund_of_order(session, public_id=public_id, actor=actor, now=now)
    wanted = select(Order).join(OrderPayment, OrderPayment.order_id == Order.id)
    order = session.scalars(wanted.where(OrderPayment.payment_id == refund.payment_id)).one()
    enter_refund(session, till=till, order=order, refund=refund, now=now)
    return refund, code


def _hand_out_new(
    session: Session, order: Order, before: set[int], *, way: RefundWay, till: TillSession, now: datetime
) -> WaysBack:
    """Hand out what was asked back since `before`, as far as that is the till's business."""
    sums = {"cash": 0, "card": 0, "voucher": 0, "elsewhere": 0}
    handed_out = False
    for refund in _refunds(session, order):
        if refund.id in before:
            continue
        tender = _tender_of(session, refund.payment, way)
        if refund.state == "succeeded":
            sums["voucher"] += refund.amount
        elif tender is None:
            sums["elsewhere"] += refund.amount
        else:
            hand_out_at_once(refund, now=now)
            enter_refund(session, till=till, order=order, refund=refund, tender=Tender(tender), now=now)
            sums[tender] += refund.amount
            handed_out = True
    if not handed_out:
        # So that the till's report knows the tickets that came back at it.
        enter_refund(session, till=till, order=order, refund=None, now=now)
    return WaysBack(**sums)


def _tender_of(session: Session, payment: Payment, way: RefundWay) -> Literal["cash", "card"] | None:
    """How money of this payment leaves the till; None: not out of the till."""
    if way == "cash":
        return "cash"
    if payment.provider != COUNTER:
        return None
    taken = session.scalar(select(TillEntry.tender).where(TillEntry.payment_id == payment.id))
    # What another program took at a counter was cash, as far as anybody knows.
    return "card" if (taken or CASH) == CARD else "cash"


def _refunds_of(session: Session, order: Order) -> set[int]:
    return {refund.id for refund in _refunds(session, order)}


def _refunds(session: Session, order: Order) -> Sequence[PaymentRefund]:
    wanted = (
        select(PaymentRefund)
        .join(OrderPayment, OrderPayment.payment_id == PaymentRefund.payment_id)
        .where(OrderPayment.order_id == order.id)
        .order_by(PaymentRefund.id)
    )
    return session.scalars(wanted).all()
