"""The seats that the house keeps back at a screening."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.errors import ScreeningNotFound, SeatNotFound
from matinee.programme.locks import lock_row
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.programme.queries import house_seat_reasons, in_portions

SEATS_PER_STATEMENT = 20_000


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Why a seat is kept back at a screening, and what staff wrote beside it."""

    reason: str
    note: str = ""


def set_house_seats(session: Session, *, screening: Screening, labels: Iterable[str]) -> None:
    """Keep back the seats with these labels and no others, but for broken ones, which stay so.

    Only what the programme knows is checked: the caller must have made sure that none of them is sold or held, since a
    seat that somebody has stays his. Raises SeatNotFound with the labels that the hall does not have, and
    ScreeningNotFound.
    """
    # Buyers who are about to take one of them are waited for.
    lock_row(session, screening, gone=ScreeningNotFound)
    wanted = set(labels)
    ids = _seat_ids(session, screening.hall_id)
    missing = sorted(wanted - set(ids), key=natural_key)
    if missing:
        raise SeatNotFound(f"The hall has no seat {', '.join(missing)[:200]}.")
    kept = house_seat_reasons(session, screening_id=screening.id)
    replace_house_seats(session, screening.id, kept, {ids[label] for label in wanted})
    announce_change(session)


def keep_seats_of_hall(session: Session, *, screening: Screening) -> None:
    """Keep back at a new screening what its hall keeps back."""
    wanted = select(Seat.id, Seat.held_back).where(Seat.hall_id == screening.hall_id, Seat.held_back != "")
    insert_house_seats(session, [(screening.id, seat_id, why) for seat_id, why in session.execute(wanted)])


def take_house_seats_along(session: Session, *, screening_id: int, to_hall_id: int) -> None:
    """Keep back in another hall what `house_seats_elsewhere` says."""
    wanted = house_seats_elsewhere(session, screening_id=screening_id, to_hall_id=to_hall_id)
    store_house_seats(session, screening_id=screening_id, wanted=wanted)


def house_seats_elsewhere(session: Session, *, screening_id: int, to_hall_id: int) -> dict[int, KeptBack]:
    """What would be kept back if the screening were in another hall, by the id of the seat there.

    What that hall keeps back; and the seats with the labels of those that are kept back now for this one screening. What
    its old hall keeps back stays there, and so does what is broken there.
    """
    rows = session.execute(
        select(Seat.label, HouseSeat.reason, HouseSeat.note, Seat.held_back)
        .join(Seat, Seat.id == HouseSeat.seat_id)
        .where(HouseSeat.screening_id == screening_id)
    )
    own = {
        label: KeptBack(reason, note)
        for label, reason, note, held_back in rows
        if reason not in (held_back, "broken")
    }
    there = session.execute(select(Seat.id, Seat.label, Seat.held_back).where(Seat.hall_id == to_hall_id))
    found: dict[int, KeptBack] = {}
    for seat_id, label, held_back in there:
        if label in own and held_back != "broken":
            found[seat_id] = own[label]
        elif held_back:
            found[seat_id] = KeptBack(held_back)
    return found


def store_house_seats(session: Session, *, screening_id: int, wanted: Mapping[int, KeptBack]) -> None:
    """Keep back these seats and no others, by id, each for its reason."""
    session.execute(delete(HouseSeat).where(HouseSeat.screening_id == screening_id))
    session.add_all(
        HouseSeat(screening_id=screening_id, seat_id=seat_id, reason=kept.reason, note=kept.note)
        for seat_id, kept in sorted(wanted.items())
    )
    session.flush()


def replace_house_seats(
    session: Session, screening_id: int, kept: Mapping[int, str], wanted: set[int]
) -> None:
    """Keep back the seats that are `wanted` in place of those that are `kept`, of which broken ones stay."""
    gone = {seat_id for seat_id, reason in kept.items() if reason != "broken"} - wanted
    for ids in in_portions(gone):
        session.execute(
            delete(HouseSeat).where(HouseSeat.screening_id == screening_id, HouseSeat.seat_id.in_(ids))
        )
    insert_house_seats(session, [(screening_id, seat_id, "house") for seat_id in sorted(wanted - set(kept))])


def insert_house_seats(session: Session, rows: Sequence[tuple[int, int, str]]) -> None:
    """Keep seats back: the screening, the seat, the reason."""
    # The table itself instead of the model: there may be a million, and they need no objects.
    for start in range(0, len(rows), SEATS_PER_STATEMENT):
        portion = rows[start : start + SEATS_PER_STATEMENT]
        session.execute(
            insert(HouseSeat.__table__),  # type: ignore[arg-type]
            [
                {"screening_id": screening_id, "seat_id": seat_id, "reason": reason}
                for screening_id, seat_id, reason in portion
            ],
        )


def change_reasons(session: Session, *, screening_id: int, seat_ids: Iterable[int], reason: str) -> None:
    """Let seats that are kept back already be so for another reason."""
    for ids in in_portions(set(seat_ids)):
        session.execute(
            update(HouseSeat)
            .where(HouseSeat.screening_id == screening_id, HouseSeat.seat_id.in_(ids))
            .values(reason=reason)
            .execution_options(synchronize_session=False)
        )


def _seat_ids(session: Session, hall_id: int) -> dict[str, int]:
    return dict(session.execute(select(Seat.label, Seat.id).where(Seat.hall_id == hall_id)).all())
