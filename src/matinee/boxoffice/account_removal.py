"""Deleting an account: what is the person's goes, what is the cinema's stays, without a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matinee.accounts.callers import ANONYMOUS
from matinee.accounts.errors import StaffAccount
from matinee.accounts.models import User
from matinee.accounts.news_mails import send_account_news
from matinee.accounts.roles import roles_of
from matinee.boxoffice.holds import release_hold
from matinee.boxoffice.models import Order, OrderEvent
from matinee.boxoffice.orders import UNPAID
from matinee.outbox.messages import forget_recipient


def delete_account(session: Session, *, user: User, now: datetime) -> None:
    """Delete the user with sessions, codes and passkeys; take the name off the orders; drop the mails to the address.

    Holds are let go of. Tickets stay valid for whoever has them. One last mail says that it was done. Raises StaffAccount
    for somebody with a role, whose name stands in the trail of others' orders.
    """
    if roles_of(session, user_id=user.id):
        raise StaffAccount
    # Before the lock on the user: a screening is locked in it, and who holds one may wait for the user.
    for order in session.scalars(
        select(Order).where(Order.user_id == user.id, Order.state.in_(UNPAID)).order_by(Order.id)
    ):
        release_hold(session, order=order, actor=ANONYMOUS.name, now=now)
    # Whoever buys in this name just now is finished first, or finds no user any more.
    session.refresh(user, with_for_update=True)
    _take_name_off_orders(session, user)
    forget_recipient(session, recipient=user.username)
    send_account_news(session, address=user.username, language=user.language, news="deleted", now=now)
    session.execute(delete(User).where(User.id == user.id))
    session.expunge(user)
    session.flush()


def _take_name_off_orders(session: Session, user: User) -> None:
    own = select(Order.id).where(Order.user_id == user.id)
    session.execute(
        update(OrderEvent)
        .where(OrderEvent.order_id.in_(own), OrderEvent.actor == user.username)
        .values(actor=ANONYMOUS.name)
    )
    session.execute(
        update(Order)
        .where(Order.user_id == user.id)
        .values(user_id=None, contact_email=None, secret_hash=None)
    )
