"""The hold of somebody who is still choosing: it follows the choice, seat by seat, and ends with the last of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.access import Asker
from matinee.boxoffice.errors import PaymentUnderWay
from matinee.boxoffice.holds import (
    BestWish,
    Holder,
    HoldTerms,
    change_hold,
    hold_best_seats,
    hold_seats,
    release_hold,
)
from matinee.boxoffice.models import Order
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.orders import UNPAID, lock_order
from matinee.boxoffice.rules import CHOOSING_RULES


def find_live_hold(
    session: Session, *, screening_id: int, user_id: int | None, secrets: Mapping[str, str], now: datetime
) -> Order | None:
    """The newest hold of the screening that is somebody's own at `now`, be it being paid already; None where there is none.

    `secrets`: order code -> the secret that he has of it, for orders without an account.
    """
    own = and_(Order.user_id.is_(None), Order.code.in_(list(secrets)))
    if user_id is not None:
        own = or_(own, Order.user_id == user_id)
    wanted = (
        select(Order)
        .where(
            Order.screening_id == screening_id,
            Order.state.in_(UNPAID),
            Order.hold_expires_at > now,
            Order.channel != "counter",
            own,
        )
        .order_by(Order.id.desc())
    )
    return next(
        (order for order in session.scalars(wanted) if Asker(user_id, secrets.get(order.code)).owns(order)),
        None,
    )


def hold_choice(
    session: Session,
    *,
    hold: Order | None,
    screening_id: int,
    choices: Sequence[SeatChoice],
    holder: Holder,
    terms: HoldTerms,
    now: datetime,
) -> Order | None:
    """Let the hold be for these seats; make it with the first of them, release it with the last. None: nothing is held.

    The choice need not keep the rules yet that hold for all seats together. Raises as `hold_seats` and `change_hold` do, but
    not NoSeats.
    """
    if hold is None:
        if not choices:
            return None
        return hold_seats(
            session,
            screening_id=screening_id,
            choices=choices,
            holder=holder,
            terms=terms,
            rules=CHOOSING_RULES,
            now=now,
        ).order
    if not choices:
        give_up_hold(session, hold=hold, actor=holder.name, now=now)
        return None
    change_hold(session, order=hold, choices=choices, terms=terms, rules=CHOOSING_RULES, now=now)
    return hold


def hold_best_instead(
    session: Session,
    *,
    hold: Order | None,
    screening_id: int,
    wish: BestWish,
    holder: Holder,
    terms: HoldTerms,
    now: datetime,
) -> Order:
    """Keep the best seats for a party in place of what was held so far, whose seats may be among them.

    Raises as `hold_best_seats` does, and PaymentUnderWay, StepNotAllowed, HoldExpired; the transaction must then be rolled
    back, or the old hold is gone.
    """
    if hold is not None:
        give_up_hold(session, hold=hold, actor=holder.name, now=now)
    return hold_best_seats(
        session, screening_id=screening_id, wish=wish, holder=holder, terms=terms, now=now
    ).order


def give_up_hold(session: Session, *, hold: Order, actor: str, now: datetime) -> None:
    """Release a hold for which no payment has begun. Raises PaymentUnderWay, StepNotAllowed, HoldExpired."""
    lock_order(session, hold)
    if hold.state == "paying" or hold.paid_amount:
        raise PaymentUnderWay
    release_hold(session, order=hold, actor=actor, now=now)
