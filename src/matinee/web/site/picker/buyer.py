"""Whoever chooses on this page, and the hold that is his."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.errors import TooManyAttempts
from matinee.accounts.models import User
from matinee.boxoffice.choice_so_far import find_live_hold
from matinee.boxoffice.holds import Holder
from matinee.boxoffice.models import Order
from matinee.kernel.codes import random_token
from matinee.web.shared.call_rates import allowance_of
from matinee.web.shared.languages import page_language
from matinee.web.shared.visitors import order_secrets, remember_order, visitor

CHANNEL = "site"


def own_hold(session: Session, *, screening_id: int, now: datetime) -> Order | None:
    """The visitor's live hold of the screening: by his account, or by a secret that his browser keeps."""
    return find_live_hold(
        session, screening_id=screening_id, user_id=visitor().user_id, secrets=order_secrets(), now=now
    )


def holder_of(session: Session) -> Holder:
    """The visitor as somebody who holds seats; a guest gets a secret."""
    user_id = visitor().user_id
    if user_id is not None:
        return Holder(channel=CHANNEL, user=session.get_one(User, user_id))
    return Holder(channel=CHANNEL, secret=random_token())


def begin_order(order: Order) -> None:
    """What a hold that was made just now has beside its seats: the language that its mails are written in."""
    order.language = page_language()


def keep_secret(order: Order, holder: Holder) -> None:
    """Let the browser prove later that the order is his. After the commit."""
    if holder.secret is not None and order.user_id is None:
        remember_order(order.code, holder.secret)


def count_write() -> None:
    """Count one call that takes or frees seats, as those of the API are counted. Raises TooManyAttempts."""
    allowance = allowance_of(visitor().caller)
    if allowance is not None and allowance.exceeded:
        raise TooManyAttempts(allowance.reset_seconds)
