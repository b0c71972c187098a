"""Promo codes as staff see them: which there are, how often each is used, and changing one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import InvalidOffer, PromoCodeNotFound
from matinee.boxoffice.models import Order, PromoCode
from matinee.boxoffice.orders import SOLD, UNPAID
from matinee.boxoffice.promo_codes import normal_promo_code
from matinee.programme.unchanged import UNCHANGED, Unchanged


def promo_codes_in_order(
    session: Session, *, cinema_id: int, behind: ColumnElement[bool] | None, limit: int
) -> Sequence[PromoCode]:
    """The promo codes of a cinema, the one that was entered first at the front. `behind`: a condition on their ids."""
    wanted = select(PromoCode).where(PromoCode.cinema_id == cinema_id).order_by(PromoCode.id).limit(limit)
    return session.scalars(wanted if behind is None else wanted.where(behind)).all()


def find_promo_code(session: Session, *, cinema_id: int, code: str) -> PromoCode:
    """The promo code, locked: no use of it is claimed until the transaction ends. Raises PromoCodeNotFound."""
    wanted = select(PromoCode).where(
        PromoCode.cinema_id == cinema_id, PromoCode.code == normal_promo_code(code)
    )
    found = session.scalars(wanted.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise PromoCodeNotFound
    return found


def change_promo_code(
    session: Session,
    *,
    promo: PromoCode,
    active: bool | None = None,
    valid_until: datetime | Unchanged | None = UNCHANGED,
    uses_max: int | Unchanged | None = UNCHANGED,
) -> None:
    """Change what is given. Orders that are sold or held with the code keep their price.

    Fewer uses than there are already only mean that there is none left. Raises InvalidOffer.
    """
    if active is not None:
        promo.active = active
    if valid_until is not UNCHANGED:
        if promo.valid_from is not None and valid_until is not None and valid_until <= promo.valid_from:
            raise InvalidOffer("The promo code would never be valid.")
        promo.valid_until = valid_until
    if uses_max is not UNCHANGED:
        if uses_max is not None and uses_max < 1:
            raise InvalidOffer("A promo code can be used at least once.")
        promo.uses_max = uses_max
    session.flush()


def uses_by_promo_code(session: Session, *, promos: Sequence[PromoCode], now: datetime) -> dict[int, int]:
    """For each of the codes, how many orders have it at `now`, sold or held."""
    found = {promo.id: 0 for promo in promos}
    alive = or_(Order.state.in_(SOLD), and_(Order.state.in_(UNPAID), Order.hold_expires_at > now))
    wanted = (
        select(Order.promo_code_id, func.count())
        .where(Order.promo_code_id.in_(found), alive)
        .group_by(Order.promo_code_id)
    )
    found.update((promo_id, count) for promo_id, count in session.execute(wanted) if promo_id is not None)
    return found
