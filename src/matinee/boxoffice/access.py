"""Whose an order is: of its account; without one, of whoever knows its secret; and staff may see to all of them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.orders import find_order, lock_order, record_note
from matinee.kernel.codes import hash_secret
from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import Payment


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for an order, and by what right."""

    user_id: int | None = None
    secret: str | None = None
    # The code of an order without an account that he opened with a code from its mail.
    opened: str | None = None
    # Whether everybody's orders are his business.
    is_staff: bool = False

    def owns(self, order: Order) -> bool:
        """Whether the order is his own. One that has an account is no more of whoever knows its secret."""
        if order.user_id is not None:
            return order.user_id == self.user_id
        if self.opened is not None and self.opened == order.code:
            return True
        if order.secret_hash is None or self.secret is None:
            return False
        return hmac.compare_digest(order.secret_hash, hash_secret(self.secret))

    def may_see(self, order: Order) -> bool:
        """Whether the order is his business at all."""
        return self.is_staff or self.owns(order)


def order_seen_by(session: Session, *, code: str, asker: Asker) -> Order:
    """The order of this code. Raises OrderNotFound, also for one that is none of his business."""
    order = find_order(session, code=code)
    if not asker.may_see(order):
        raise OrderNotFound
    return order


def order_changed_by(session: Session, *, code: str, asker: Asker) -> Order:
    """As `order_seen_by`, with the order locked until the transaction ends."""
    # A stranger does not even make others wait.
    order = order_seen_by(session, code=code, asker=asker)
    lock_order(session, order)
    if not asker.may_see(order):
        # It passed to an account meanwhile.
        raise OrderNotFound
    return order


def take_over_order(session: Session, *, order: Order, user: User, now: datetime) -> None:
    """Let an order without an account be that of `user`, who has proved that it is his; its secret is worth nothing then.

    Does nothing for an order that has an account.
    """
    if order.user_id is not None:
        return
    order.user_id = user.id
    order.user = user
    order.secret_hash = None
    record_note(session, order=order, actor=user.username, now=now, note="taken over by an account")


def payment_seen_by(session: Session, *, public_id: str, asker: Asker) -> tuple[Payment, Order]:
    """The payment and the order that it was made for.

    Raises PaymentNotFound, also for one of an order that is none of his business.
    """
    if not (public_id.isascii() and public_id.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise PaymentNotFound
    found = session.execute(
        select(Payment, Order)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .where(Payment.public_id == public_id)
    ).one_or_none()
    if found is None or not asker.may_see(found.Order):
        raise PaymentNotFound
    return found.Payment, found.Order
