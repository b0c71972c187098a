"""Which seats of a hall somebody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, SeatClaim, Ticket
from matinee.boxoffice.seat_conflicts import SoldSeat
from matinee.kernel.natural import natural_key
from matinee.programme.locks import tell_waiting_buyers
from matinee.programme.models import Film, Screening, Seat


def seats_sold(session: Session, *, hall_id: int, now: datetime) -> list[SoldSeat]:
    """Every seat that is sold or held at a screening of the hall that is not over at `now`.

    By the start of the screening, then in natural order of the labels. A hold that ran out is nobody's.
    """
    live = SeatClaim.lasts(now)
    claimed = _sold(SeatClaim, hall_id, now, SeatClaim.expires_at.is_not(None)).where(live)
    ticketed = _sold(Ticket, hall_id, now, Ticket.state != "valid").where(Ticket.state == "valid")
    found: dict[tuple[int, str], tuple[datetime, SoldSeat]] = {}
    for starts_at, *row in [*session.execute(claimed), *session.execute(ticketed)]:
        sold = SoldSeat(*row)
        found.setdefault((sold.screening_id, sold.label), (starts_at, sold))
    ordered = sorted(found.values(), key=lambda each: (each[0], natural_key(each[1].label)))
    return [sold for _, sold in ordered]


def coming_screenings(session: Session, *, hall_id: int, now: datetime, alone: bool) -> Sequence[Screening]:
    """The screenings of a hall that are neither over nor cancelled, drafts too.

    `alone`: nobody buys a seat of them until the transaction ends; see `keep_buyers_out`.
    """
    wanted = select(Screening).where(_is_coming(hall_id, now)).order_by(Screening.id)
    if not alone:
        return session.scalars(wanted).all()
    found = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
    tell_waiting_buyers(session, screening_ids=[screening.id for screening in found])
    return found


def _is_coming(hall_id: int, now: datetime) -> Any:
    return and_(Screening.hall_id == hall_id, Screening.cancelled_at.is_(None), Screening.ends_at > now)


def _sold(having: Any, hall_id: int, now: datetime, is_held: Any) -> Select[Any]:
    columns = (
        Screening.starts_at, Seat.label, Screening.id, Film.title, Screening.day, Screening.time, Order.code, is_held,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(having)
        .join(Screening, Screening.id == having.screening_id)
        .join(Film, Film.id == Screening.film_id)
        .join(Seat, Seat.id == having.seat_id)
        .join(Order, Order.id == having.order_id)
        .where(_is_coming(hall_id, now))
    )
