"""Gift vouchers: money that was paid before. Whoever knows the code has it, so only its hash is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    InvalidOffer,
    NothingToPay,
    VoucherEmpty,
    VoucherNotFound,
    VoucherNotValid,
)
from matinee.boxoffice.models import Order, OrderPayment, Voucher, VoucherEntry
from matinee.boxoffice.orders import lock_order, outstanding_amount
from matinee.boxoffice.settlement import require_payable, settle_at_once
from matinee.kernel.codes import TYPEABLE, hash_secret, random_code
from matinee.payments.charges import new_payment
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.programme.models import Cinema, Screening

# 16 characters of 30: 78 bits.
CODE_LENGTH = 16


def create_voucher(
    session: Session, *, cinema: Cinema, amount: int, valid_until: datetime | None, now: datetime
) -> tuple[Voucher, str]:
    """Store a voucher of `amount` minor units; return it with its code, which nobody can look up later.

    Raises InvalidOffer.
    """
    if amount < 1:
        raise InvalidOffer("A voucher is worth more than nothing.")
    code = random_code(CODE_LENGTH, TYPEABLE)
    voucher = Voucher(
        cinema_id=cinema.id,
        code_hash=hash_secret(code),
        code_hint=code[-4:],
        initial_amount=amount,
        balance=amount,
        currency=cinema.currency,
        valid_until=valid_until,
        active=True,
        created_at=now,
    )
    session.add(voucher)
    session.flush()
    return voucher, code


def vouchers_in_order(
    session: Session, *, cinema_id: int, behind: ColumnElement[bool] | None, limit: int
) -> Sequence[Voucher]:
    """The vouchers of a cinema, the oldest first. `behind`: a condition on their ids."""
    wanted = select(Voucher).where(Voucher.cinema_id == cinema_id).order_by(Voucher.id).limit(limit)
    return session.scalars(wanted if behind is None else wanted.where(behind)).all()


def set_voucher_active(session: Session, *, voucher_id: int, cinema_id: int, active: bool) -> Voucher:
    """Take a voucher out of use, or put it back into use. Raises VoucherNotFound."""
    voucher = session.get(Voucher, voucher_id, with_for_update=True)
    if voucher is None or voucher.cinema_id != cinema_id:
        raise VoucherNotFound
    voucher.active = active
    session.flush()
    return voucher


def find_voucher(session: Session, *, code: str, cinema_id: int, now: datetime) -> Voucher:
    """The voucher, locked until the transaction ends. Raises VoucherNotValid."""
    plain = re.sub(r"[\s-]", "", code).upper()
    wanted = select(Voucher).where(Voucher.code_hash == hash_secret(plain)).with_for_update()
    voucher = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if (
        voucher is None
        or not voucher.active
        or voucher.cinema_id != cinema_id
        or (voucher.valid_until is not None and voucher.valid_until <= now)
    ):
        raise VoucherNotValid
    return voucher


def pay_with_voucher(session: Session, *, order: Order, code: str, now: datetime) -> Payment:
    """Pay as much of the order as the voucher has; the rest is left to pay another way.

    Raises StepNotAllowed, HoldExpired, ContactMissing, NothingToPay, VoucherNotValid, VoucherEmpty.
    """
    lock_order(session, order)
    require_payable(order, now=now)
    cinema_id = session.get_one(Screening, order.screening_id).cinema_id
    voucher = find_voucher(session, code=code, cinema_id=cinema_id, now=now)
    if outstanding_amount(order) <= 0:
        raise NothingToPay
    amount = min(voucher.balance, outstanding_amount(order))
    if amount == 0:
        raise VoucherEmpty
    voucher.balance -= amount
    payment = new_payment(
        session, provider=VOUCHER, amount=amount, currency=voucher.currency, expires_at=None, now=now
    )
    session.add_all(
        [
            OrderPayment(payment_id=payment.id, order_id=order.id, accepted=False),
            VoucherEntry(voucher_id=voucher.id, payment_id=payment.id, amount=-amount, at=now),
        ]
    )
    session.flush()
    settle_at_once(session, payment=payment, now=now)
    return payment
