"""Noticing that a screening is sold out, and that a seat came back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.models import SeatClaim
from matinee.outbox.webhooks.events import announce_event, is_asked_for
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import is_public

EVENT = "screening.sold_out"


def announce_sold_out(session: Session, *, now: datetime) -> int:
    """Announce the coming screenings whose last seat was sold since the last time; return how many.

    Sold: for good, not held. Seats that the house keeps back do not count. A screening is announced again only when a seat
    came back in between. Nothing is looked at where nobody asks for the event: what is sold out then is announced when
    somebody does.
    """
    if not is_asked_for(session, event=EVENT):
        return 0
    coming = and_(Screening.starts_at > now, is_public())
    # Each an UPDATE that asks again for what it found: two workers announce no screening twice.
    session.execute(
        update(Screening)
        .where(coming, Screening.sold_out_at.is_not(None), _a_seat_is_left())
        .values(sold_out_at=None)
        .execution_options(synchronize_session=False)
    )
    sold_out = session.scalars(
        update(Screening)
        .where(coming, Screening.sold_out_at.is_(None), _a_seat_is_sold(), ~_a_seat_is_left())
        .values(sold_out_at=now)
        .returning(Screening.id)
        .execution_options(synchronize_session=False)
    ).all()
    for screening_id in sorted(sold_out):
        announce_event(session, event=EVENT, payload={"screening_id": screening_id}, now=now)
    return len(sold_out)


def _a_seat_is_left() -> ColumnElement[bool]:
    # Ends at the first seat that is left: most screenings have one at once.
    sold = select(SeatClaim.seat_id).where(
        SeatClaim.screening_id == Screening.id, SeatClaim.seat_id == Seat.id, SeatClaim.expires_at.is_(None)
    )
    kept_back = select(HouseSeat.seat_id).where(
        HouseSeat.screening_id == Screening.id, HouseSeat.seat_id == Seat.id
    )
    left = select(Seat.id).where(
        Seat.hall_id == Screening.hall_id,
        ~sold.correlate(Screening, Seat).exists(),
        ~kept_back.correlate(Screening, Seat).exists(),
    )
    return left.correlate(Screening).exists()


def _a_seat_is_sold() -> ColumnElement[bool]:
    # A hall without seats is not sold out.
    sold = select(SeatClaim.seat_id).where(
        SeatClaim.screening_id == Screening.id, SeatClaim.expires_at.is_(None)
    )
    return sold.correlate(Screening).exists()
