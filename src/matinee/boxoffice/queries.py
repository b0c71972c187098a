"""Reading what is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import SeatClaim, Ticket
from matinee.programme.queries import in_portions


def claimed_seats(
    session: Session, *, screening_ids: Sequence[int], now: datetime, except_order: int | None = None
) -> dict[int, set[int]]:
    """Screening id -> ids of the seats that are sold or held at `now`; a hold that ran out is free.

    `except_order`: the claims of this order are left out.
    """
    claimed: dict[int, set[int]] = {screening_id: set() for screening_id in screening_ids}
    for portion in in_portions(claimed):
        wanted = select(SeatClaim.screening_id, SeatClaim.seat_id).where(
            SeatClaim.screening_id.in_(portion),
            SeatClaim.lasts(now),
        )
        if except_order is not None:
            wanted = wanted.where(SeatClaim.order_id != except_order)
        for screening_id, seat_id in session.execute(wanted):
            claimed[screening_id].add(seat_id)
    return claimed


def tickets_per_screening(session: Session, *, screening_ids: Sequence[int]) -> dict[int, int]:
    """Screening id -> how many valid tickets there are for it; 0 where there is none."""
    found = dict.fromkeys(screening_ids, 0)
    for portion in in_portions(found):
        wanted = select(Ticket.screening_id, func.count()).where(
            Ticket.screening_id.in_(portion), Ticket.state == "valid"
        )
        found.update(dict(session.execute(wanted.group_by(Ticket.screening_id)).all()))
    return found
