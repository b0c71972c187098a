"""Seats of one screening that nobody shall get: a lamp above is broken, somebody important may come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import labels_of
from matinee.boxoffice.errors import NoSeats, SeatsNotBlocked, SeatsNotFree
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.queries import claimed_seats
from matinee.db.version import announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.errors import CancelledScreening, SeatNotFound
from matinee.programme.models import HouseSeat, Seat
from matinee.programme.queries import house_seat_reasons

BLOCKED = "blocked"
NOTE_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class KeptSeat:
    """A seat that is kept back at a screening, why ("house", "broken", "blocked") and what was written beside it."""

    label: str
    reason: str
    note: str


def kept_seats(session: Session, *, screening_id: int) -> Sequence[KeptSeat]:
    """All of them, in natural order."""
    rows = session.execute(
        select(Seat.label, HouseSeat.reason, HouseSeat.note)
        .join(Seat, Seat.id == HouseSeat.seat_id)
        .where(HouseSeat.screening_id == screening_id)
    )
    return sorted((KeptSeat(*row) for row in rows), key=lambda one: natural_key(one.label))


def block_seats(
    session: Session, *, screening_id: int, labels: Collection[str], note: str, now: datetime
) -> None:
    """Keep the seats with these labels from being sold; where some are blocked already, their note is another.

    Raises NoSeats, ScreeningNotFound, CancelledScreening, SeatNotFound, and SeatsNotFree with those that somebody has or the
    house keeps back for another reason.
    """
    if not labels:
        raise NoSeats
    screening = keep_buyers_out(session, screening_id=screening_id)
    if screening.cancelled_at is not None:
        raise CancelledScreening
    asked = _ids(session, screening.hall_id, labels)
    missing = sorted(set(labels) - set(asked), key=natural_key)
    if missing:
        raise SeatNotFound(f"The hall has no seat {', '.join(missing)[:200]}.")
    taken = claimed_seats(session, screening_ids=[screening_id], now=now)[screening_id]
    reasons = house_seat_reasons(session, screening_id=screening_id)
    had = [one for one in asked.values() if one in taken or reasons.get(one, BLOCKED) != BLOCKED]
    if had:
        raise SeatsNotFree(labels_of(session, had))
    text = note.strip()[:NOTE_CHARACTERS_MAX]
    known = [one for one in asked.values() if one in reasons]
    session.execute(
        update(HouseSeat)
        .where(HouseSeat.screening_id == screening_id, HouseSeat.seat_id.in_(known))
        .values(note=text)
    )
    session.add_all(
        HouseSeat(screening_id=screening_id, seat_id=one, reason=BLOCKED, note=text)
        for one in asked.values()
        if one not in reasons
    )
    session.flush()
    announce_change(session)


def unblock_seats(session: Session, *, screening_id: int, labels: Collection[str]) -> list[str]:
    """Let those of the seats be sold that are blocked; return their labels. Raises ScreeningNotFound, SeatsNotBlocked."""
    screening = keep_buyers_out(session, screening_id=screening_id)
    asked = _ids(session, screening.hall_id, labels)
    gone = session.scalars(
        delete(HouseSeat)
        .where(
            HouseSeat.screening_id == screening_id,
            HouseSeat.seat_id.in_(list(asked.values())),
            HouseSeat.reason == BLOCKED,
        )
        .returning(HouseSeat.seat_id)
    ).all()
    if not gone:
        raise SeatsNotBlocked
    announce_change(session)
    return labels_of(session, gone)


def _ids(session: Session, hall_id: int, labels: Collection[str]) -> dict[str, int]:
    wanted = select(Seat.label, Seat.id).where(Seat.hall_id == hall_id, Seat.label.in_(list(labels)))
    return dict(session.execute(wanted).all())
