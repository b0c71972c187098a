"""Promo codes: making them, and counting their uses so that the last one is used once.

A use is an order that is sold or held with the code. It is not counted up and down but looked up, with the code's row
locked: a hold that ran out has given its use back at that instant, whether it was swept or not. Buyers with the same code
wait for each other for the rest of their transactions; nobody else does. See docs/decisions/promo-code-uses.md.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    InvalidOffer,
    PaymentUnderWay,
    PromoCodeExists,
    PromoCodeNotValid,
    PromoCodeUsedUp,
)
from matinee.boxoffice.models import Order, PromoCode
from matinee.boxoffice.orders import SOLD, UNPAID, lock_order, require_live_hold
from matinee.boxoffice.pricing import reprice_order
from matinee.db.constraints import translating
from matinee.kernel import clock
from matinee.programme.models import Screening


def create_promo_code(
    session: Session,
    *,
    cinema_id: int,
    code: str,
    kind: str,
    value: int,
    uses_max: int | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    now: datetime,
) -> PromoCode:
    """Store a code that takes `value` per cent or minor units off an order. Raises InvalidOffer, PromoCodeExists."""
    plain = normal_promo_code(code)
    if not re.fullmatch(r"[^\W_](?:[^\W_]|-){1,39}", plain):
        raise InvalidOffer("A promo code has 2 to 40 letters, digits and hyphens.")
    if kind not in ("percentage", "amount") or value < 1 or (kind == "percentage" and value > 100):
        raise InvalidOffer("A promo code takes off 1 to 100 per cent, or an amount above zero.")
    if uses_max is not None and uses_max < 1:
        raise InvalidOffer("A promo code can be used at least once.")
    promo = PromoCode(
        cinema_id=cinema_id,
        code=plain,
        kind=kind,
        value=value,
        uses_max=uses_max,
        valid_from=valid_from,
        valid_until=valid_until,
        active=True,
        created_at=now,
    )
    session.add(promo)
    with translating({"uq_promo_code_cinema_id_code": PromoCodeExists}):
        session.flush()
    return promo


def normal_promo_code(text: str) -> str:
    """The code as it is kept: nobody must mind capitals and blanks."""
    return text.strip().upper()


def apply_promo_code(session: Session, *, order: Order, code: str, now: datetime) -> None:
    """Let a hold have the code's discount, in place of that of another one.

    Raises StepNotAllowed, HoldExpired, PaymentUnderWay, PromoCodeNotValid, PromoCodeUsedUp.
    """
    lock_order(session, order)
    require_live_hold(order, now=now)
    if order.state == "paying" or order.paid_amount:
        raise PaymentUnderWay
    cinema_id = session.get_one(Screening, order.screening_id).cinema_id
    promo = session.scalars(
        select(PromoCode).where(PromoCode.cinema_id == cinema_id, PromoCode.code == normal_promo_code(code))
    ).one_or_none()
    if promo is None or not _is_valid(promo, now=now):
        raise PromoCodeNotValid
    order.promo_code_id = promo.id
    _take_use(session, order, _locked(session, promo.id), now=now)
    reprice_order(session, order=order)


def remove_promo_code(session: Session, *, order: Order, now: datetime) -> None:
    """Let a hold cost what it would without a code. Raises StepNotAllowed, HoldExpired, PaymentUnderWay."""
    lock_order(session, order)
    require_live_hold(order, now=now)
    if order.state == "paying" or order.paid_amount:
        raise PaymentUnderWay
    order.promo_code_id = None
    reprice_order(session, order=order)


def claim_promo_use(session: Session, *, order: Order, now: datetime) -> None:
    """Make sure that there is a use of its code for this order; whatever keeps an order alive asks for it again.

    A hold that still runs has its use, also where the code allows fewer by now. Call it before the hold is prolonged. Raises
    PromoCodeUsedUp.
    """
    if order.promo_code_id is None:
        return
    promo = _locked(session, order.promo_code_id)
    if not _still_runs(order, now=now):
        _take_use(session, order, promo, now=now)


def _locked(session: Session, promo_id: int) -> PromoCode:
    """The code as it is, with nobody else counting its uses until the transaction ends."""
    return session.get_one(PromoCode, promo_id, with_for_update={"key_share": True}, populate_existing=True)


def _still_runs(order: Order, *, now: datetime) -> bool:
    # By the clock at this moment, too: `now` is when the request began, and while it waited for the code's row the hold may
    # have run out and its use gone to somebody else. Whoever comes after us waits for that row.
    return order.hold_expires_at is not None and order.hold_expires_at > max(now, clock.now())


def _take_use(session: Session, order: Order, promo: PromoCode, *, now: datetime) -> None:
    if promo.uses_max is not None and uses_of(session, promo=promo, now=now, but=order) >= promo.uses_max:
        raise PromoCodeUsedUp


def uses_of(session: Session, *, promo: PromoCode, now: datetime, but: Order | None = None) -> int:
    """How many orders have the code at `now`, sold or held; `but` this one."""
    alive = or_(Order.state.in_(SOLD), and_(Order.state.in_(UNPAID), Order.hold_expires_at > now))
    wanted = select(func.count()).select_from(Order).where(Order.promo_code_id == promo.id, alive)
    if but is not None:
        wanted = wanted.where(Order.id != but.id)
    return session.scalar(wanted) or 0


def _is_valid(promo: PromoCode, *, now: datetime) -> bool:
    begun = promo.valid_from is None or promo.valid_from <= now
    return promo.active and begun and (promo.valid_until is None or now < promo.valid_until)
