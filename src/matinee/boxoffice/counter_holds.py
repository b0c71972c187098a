"""Holds of clerks at the counter: one at a time for each, for whoever stands before them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from matinee.boxoffice.rules import COUNTER_RULES

CHANNEL = "counter"


def find_counter_hold(session: Session, *, clerk_id: int, now: datetime) -> Order | None:
    """What the clerk holds for somebody at `now`; None: nothing."""
    return next(iter(_live(session, clerk_id=clerk_id, now=now)), None)


def hold_best_at_counter(
    session: Session,
    *,
    screening_id: int,
    count: int,
    clerk_id: int,
    clerk_name: str,
    language: str,
    terms: HoldTerms,
    now: datetime,
) -> Order:
    """Hold the best seats for so many people, together where that is possible, in place of what the clerk held.

    Raises as `hold_best_seats` does; the transaction must then be rolled back, or the old hold is gone.
    """
    release_counter_holds(session, clerk_id=clerk_id, clerk_name=clerk_name, now=now)
    order = hold_best_seats(
        session,
        screening_id=screening_id,
        wish=BestWish([None] * count, split=True),
        holder=Holder(channel=CHANNEL, actor=clerk_name, language=language),
        terms=terms,
        rules=COUNTER_RULES,
        now=now,
    ).order
    order.clerk_id = clerk_id
    return order


def hold_choice_at_counter(
    session: Session,
    *,
    screening_id: int,
    choices: Sequence[SeatChoice],
    clerk_id: int,
    clerk_name: str,
    language: str,
    terms: HoldTerms,
    now: datetime,
) -> Order | None:
    """Let the clerk hold these seats and no others; None: he holds nothing now.

    Raises as `hold_seats` and `change_hold` do.
    """
    held = find_counter_hold(session, clerk_id=clerk_id, now=now)
    if held is not None and held.screening_id == screening_id and choices:
        change_hold(session, order=held, choices=choices, terms=terms, rules=COUNTER_RULES, now=now)
        return held
    release_counter_holds(session, clerk_id=clerk_id, clerk_name=clerk_name, now=now)
    if not choices:
        return None
    order = hold_seats(
        session,
        screening_id=screening_id,
        choices=choices,
        holder=Holder(channel=CHANNEL, actor=clerk_name, language=language),
        terms=terms,
        rules=COUNTER_RULES,
        now=now,
    ).order
    order.clerk_id = clerk_id
    return order


def release_counter_holds(session: Session, *, clerk_id: int, clerk_name: str, now: datetime) -> int:
    """Let go what the clerk holds: the buyer went away, or wants something else. Return how many holds that were."""
    held = _live(session, clerk_id=clerk_id, now=now)
    for order in held:
        release_hold(session, order=order, actor=clerk_name, now=now)
    return len(held)


def _live(session: Session, *, clerk_id: int, now: datetime) -> Sequence[Order]:
    wanted = select(Order).where(
        Order.clerk_id == clerk_id,
        Order.channel == CHANNEL,
        Order.state == "held",
        Order.hold_expires_at > now,
    )
    return session.scalars(wanted.order_by(Order.id.desc())).all()
