"""What goes into a till and out of it. Whatever is sold or given back at it leaves an entry, be it without money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import ReasonMissing, TillTooEmpty, TooLittleReceived
from matinee.boxoffice.models import Order
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.boxoffice.tills import check_amount, lock_open_till
from matinee.payments.models import Payment, PaymentRefund

CASH, CARD = "cash", "card"
NOTE_CHARACTERS_MAX = 200
REFERENCE_CHARACTERS_MAX = 100


@dataclass(frozen=True, slots=True)
class Tender:
    """How money changes hands. `received`: minor units that the buyer handed over, None for just enough;
    `reference`: what stands on the slip of the card terminal."""

    kind: Literal["cash", "card"] = "cash"
    received: int | None = None
    reference: str = ""


IN_CASH = Tender()


def cash_in(session: Session, *, till: TillSession) -> int:
    """How much cash ought to be in the till now, in minor units: the float, and what came and went since."""
    moved = select(func.coalesce(func.sum(TillEntry.amount), 0)).where(
        TillEntry.session_id == till.id, TillEntry.tender == CASH
    )
    return till.opening_float + int(session.scalar(moved) or 0)


def enter_sale(
    session: Session,
    *,
    till: TillSession,
    order: Order,
    payment: Payment | None,
    amount: int,
    tender: Tender = IN_CASH,
    now: datetime,
) -> TillEntry:
    """Money of an order goes into the till; 0 where it was given away or paid by voucher.

    Raises TooLittleReceived and TillClosed.
    """
    if tender.received is not None and tender.received < amount:
        raise TooLittleReceived
    lock_open_till(session, till)
    entry = TillEntry(
        session_id=till.id,
        at=now,
        kind="sale",
        tender=tender.kind,
        amount=amount,
        received_amount=tender.received if tender.kind == CASH and amount else None,
        order_id=order.id,
        payment_id=payment.id if payment is not None else None,
        reference=tender.reference[:REFERENCE_CHARACTERS_MAX],
    )
    session.add(entry)
    session.flush()
    return entry


def enter_refund(
    session: Session,
    *,
    till: TillSession,
    order: Order,
    refund: PaymentRefund | None,
    tender: Tender = IN_CASH,
    now: datetime,
) -> TillEntry:
    """Money of an order goes out of the till; none without a `refund`. Raises TillTooEmpty and TillClosed."""
    amount = refund.amount if refund is not None else 0
    lock_open_till(session, till)
    if tender.kind == CASH:
        _require_cash(session, till, amount)
    entry = TillEntry(
        session_id=till.id,
        at=now,
        kind="refund",
        tender=tender.kind,
        amount=-amount,
        order_id=order.id,
        refund_id=refund.id if refund is not None else None,
        reference=tender.reference[:REFERENCE_CHARACTERS_MAX],
    )
    session.add(entry)
    session.flush()
    return entry


def pay_in(
    session: Session, *, till: TillSession, amount: int, note: str, tender: Tender = IN_CASH, now: datetime
) -> TillEntry:
    """Put money in that is of no order: change that was fetched, a voucher that was sold.

    Raises InvalidTillAmount, ReasonMissing, TillClosed.
    """
    return _move(session, till, "pay_in", amount, note=note, tender=tender, now=now)


def pay_out(session: Session, *, till: TillSession, amount: int, note: str, now: datetime) -> TillEntry:
    """Take cash out that is of no order: to the safe, for a bill. Raises as `pay_in` does, and TillTooEmpty."""
    return _move(session, till, "pay_out", amount, note=note, tender=IN_CASH, now=now)


def _move(
    session: Session,
    till: TillSession,
    kind: str,
    amount: int,
    *,
    note: str,
    tender: Tender,
    now: datetime,
) -> TillEntry:
    check_amount(amount, least=1)
    if not note.strip():
        raise ReasonMissing
    lock_open_till(session, till)
    if kind == "pay_out":
        _require_cash(session, till, amount)
    entry = TillEntry(
        session_id=till.id,
        at=now,
        kind=kind,
        tender=tender.kind,
        amount=amount if kind == "pay_in" else -amount,
        reference=tender.reference[:REFERENCE_CHARACTERS_MAX],
        note=note.strip()[:NOTE_CHARACTERS_MAX],
    )
    session.add(entry)
    session.flush()
    return entry


def _require_cash(session: Session, till: TillSession, amount: int) -> None:
    """Nobody hands out what is not there. Whoever can do so all the same has not entered what he put in."""
    if amount > cash_in(session, till=till):
        raise TillTooEmpty
