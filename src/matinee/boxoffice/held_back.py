"""What a hall keeps back from now on, at the screenings that are planned already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.boxoffice.queries import claimed_seats
from matinee.boxoffice.seat_conflicts import SoldSeat
from matinee.boxoffice.seats_sold import seats_sold
from matinee.db.version import announce_change
from matinee.programme.house_seats import change_reasons, insert_house_seats
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import house_reasons_by_screening, in_portions


def keep_back_at_coming(
    session: Session,
    *,
    hall_id: int,
    changed: Mapping[str, str],
    old: Mapping[str, str],
    screenings: Sequence[Screening],
    now: datetime,
) -> list[SoldSeat]:
    """Keep seats back at these screenings of their hall, or let them go: label -> why, and why until now; empty: not at all.

    A seat that somebody has stays his: such are returned. What staff blocked for one screening stays blocked unless it is
    broken. The caller keeps buyers out of the screenings.
    """
    if not changed or not screenings:
        return []
    ids = [screening.id for screening in screenings]
    seats = session.execute(select(Seat.label, Seat.id).where(Seat.hall_id == hall_id)).all()
    seat_ids = {label: seat_id for label, seat_id in seats if label in changed}
    claimed = claimed_seats(session, screening_ids=ids, now=now)
    reasons = house_reasons_by_screening(session, ids)
    new: list[tuple[int, int, str]] = []
    refused: set[tuple[int, str]] = set()
    for screening_id in ids:
        kept, other, free = reasons[screening_id], dict[str, list[int]](), list[int]()
        for label, seat_id in seat_ids.items():
            why, until_now = changed[label], kept.get(seat_id)
            if not why:
                free += [seat_id] if until_now == old.get(label) else []
            elif seat_id in claimed[screening_id]:
                refused.add((screening_id, label))
            elif until_now is None:
                new.append((screening_id, seat_id, why))
            elif until_now != "blocked" or why == "broken":
                other.setdefault(why, []).append(seat_id)
        _let_go(session, screening_id, free)
        for why, others in other.items():
            change_reasons(session, screening_id=screening_id, seat_ids=others, reason=why)
    insert_house_seats(session, new)
    announce_change(session)
    if not refused:
        return []
    sold = seats_sold(session, hall_id=hall_id, now=now)
    return [each for each in sold if (each.screening_id, each.label) in refused]


def _let_go(session: Session, screening_id: int, seat_ids: list[int]) -> None:
    for ids in in_portions(seat_ids):
        session.execute(
            delete(HouseSeat).where(HouseSeat.screening_id == screening_id, HouseSeat.seat_id.in_(ids))
        )
