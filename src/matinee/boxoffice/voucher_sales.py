"""Vouchers that are sold at a till: their money goes in when they are made, and no ticket is sold for it yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Voucher
from matinee.boxoffice.till_entries import Tender, pay_in
from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.vouchers import create_voucher
from matinee.programme.models import Cinema


def sell_voucher(
    session: Session,
    *,
    cinema: Cinema,
    amount: int,
    valid_until: datetime | None,
    till: TillSession,
    tender: Tender,
    now: datetime,
) -> tuple[Voucher, str]:
    """Make a voucher of `amount` minor units that was paid just now; return it with its code, which is shown this once.

    Raises InvalidOffer, InvalidTillAmount, TillClosed.
    """
    voucher, code = create_voucher(session, cinema=cinema, amount=amount, valid_until=valid_until, now=now)
    note = f"gift voucher ...{voucher.code_hint}"
    pay_in(session, till=till, amount=amount, note=note, tender=tender, now=now)
    return voucher, code
