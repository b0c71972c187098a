"""Codes that are mailed to whoever has lost the way to an order without an account: each opens it once.

Nothing is stored. A code is a keyed hash of the order, of where its mail goes, of the time, and of how often the order was
opened so: using one makes all others of the order worthless.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import WrongCode
from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.models import Order, OrderEvent
from matinee.boxoffice.orders import find_order, lock_order, recipient_of, record_note
from matinee.boxoffice.sales import mail_about
from matinee.kernel.codes import TYPEABLE

# 30^8: some hundred thousand million. Attempts are counted by the surface.
CODE_LENGTH = 8
# A code is good for this long at the least, and for twice as long at the most.
LIFETIME = timedelta(minutes=15)
OPENED = "opened with a code from its mail"


def send_access_code(session: Session, *, code: str, email: str, secret_key: str, now: datetime) -> None:
    """Mail a code to `email`, which is in normal form, where the mail of the order with this code goes there.

    Where the order has an account the mail says to sign in. Does nothing where the two do not belong together: nobody learns
    which orders there are.
    """
    try:
        order = find_order(session, code=code)
    except OrderNotFound:
        return
    recipient = recipient_of(order)
    if recipient is None or recipient.casefold() != email.casefold():
        return
    made = "" if order.user_id is not None else _code(order, session, secret_key, _window(now))
    mail_about(session, kind="order_access", order=order, now=now, code=made)


def open_order(session: Session, *, code: str, access_code: str, secret_key: str, now: datetime) -> Order:
    """The order of this code, opened with a code that was mailed; that one opens it no second time.

    Raises WrongCode, also where there is no such order or it has an account.
    """
    try:
        order = find_order(session, code=code)
    except OrderNotFound:
        raise WrongCode from None
    lock_order(session, order)
    typed = "".join(access_code.split()).upper().encode("utf-8", "surrogatepass")
    good = [_code(order, session, secret_key, _window(now) - age).encode() for age in (0, 1)]
    if order.user_id is not None or not any(hmac.compare_digest(typed, one) for one in good):
        raise WrongCode
    record_note(session, order=order, actor="buyer", now=now, note=OPENED)
    return order


def _window(now: datetime) -> int:
    return int(now.timestamp() // LIFETIME.total_seconds())


def _code(order: Order, session: Session, secret_key: str, window: int) -> str:
    opened = select(func.count()).where(OrderEvent.order_id == order.id, OrderEvent.note == OPENED)
    # As JSON, so that no part can pass for the end of another.
    said = json.dumps([order.code, recipient_of(order), window, session.scalar(opened)])
    key = hmac.new(secret_key.encode(), b"matinee access to an order", hashlib.sha256).digest()
    number = int.from_bytes(hmac.new(key, said.encode(), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(TYPEABLE))
        letters.append(TYPEABLE[place])
    return "".join(letters)
