"""Reading and writing screenings many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matinee.programme.hall_book import REACH, PlannedHall
from matinee.programme.house_seats import insert_house_seats, replace_house_seats
from matinee.programme.models import Film, Hall, Screening
from matinee.programme.queries import house_seats_by_screening
from matinee.programme.schedule import PlannedScreening

# Few enough that progress is seen, many enough that round trips do not count.
SCREENINGS_PER_PORTION = 500


@dataclass(frozen=True, slots=True)
class ExistingScreening:
    """A screening that is in the database."""

    id: int
    hall_id: int
    hall_name: str
    film_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    day: date
    time: str
    price_list_id: int | None


@dataclass(slots=True)
class PlacedScreening:
    """A screening of a file with its film, its moments (UTC) and, once found, its hall and what is there of it."""

    planned: PlannedScreening
    film_id: int
    starts_at: datetime
    ends_at: datetime
    price_list_id: int | None
    hall: PlannedHall | None = None
    existing: ExistingScreening | None = None

    def differs(self) -> bool:
        """Whether what is there has another film, end or price."""
        known = self.existing
        return known is None or (known.film_id, known.ends_at, known.price_list_id) != self.values_wanted()

    def values_wanted(self) -> tuple[int, datetime, int | None]:
        """Film, end and price list as they shall be; a price that the file does not state stays."""
        kept = self.existing.price_list_id if self.existing is not None else None
        return (self.film_id, self.ends_at, self.price_list_id if self.planned.states_price else kept)


def load_existing(
    session: Session, *, cinema_id: int, first: datetime, last: datetime
) -> list[ExistingScreening]:
    """The screenings of a cinema that begin between these moments, or may reach into them."""
    wanted = (
        select(Screening.id, Hall.id, Hall.name, Film.id, Film.title, Screening.starts_at, Screening.ends_at,
               Screening.day, Screening.time, Screening.price_list_id)
        .join(Hall, Hall.id == Screening.hall_id)
        .join(Film, Film.id == Screening.film_id)
        .where(Screening.cinema_id == cinema_id, Screening.starts_at >= first - REACH,
               Screening.starts_at <= last + REACH)
        .order_by(Screening.id)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(wanted).all()
    return [ExistingScreening(*row) for row in rows]


def store_rows(
    session: Session,
    *,
    cinema_id: int,
    placed: Sequence[PlacedScreening],
    on_stored: Callable[[int], None],
) -> tuple[int, int]:
    """Insert what is missing and adjust what differs; return how many of each."""
    changed = _adjust([screening for screening in placed if screening.existing is not None], session)
    new = sorted((each for each in placed if each.existing is None), key=lambda each: each.starts_at)
    stored = len(placed) - len(new)
    on_stored(stored)
    for start in range(0, len(new), SCREENINGS_PER_PORTION):
        portion = new[start : start + SCREENINGS_PER_PORTION]
        _insert_screenings(session, cinema_id, portion)
        on_stored(stored + start + len(portion))
    return len(new), changed


def _hall_of(screening: PlacedScreening) -> PlannedHall:
    assert screening.hall is not None, "every screening has its hall by now"
    return screening.hall


def _house_seat_ids(screening: PlacedScreening) -> set[int] | None:
    """The seats to keep back; None where the file says nothing about seats. What it does not name as free is kept."""
    seats = _hall_of(screening).seat_ids
    free, house = screening.planned.free_labels, screening.planned.house_labels
    if free is not None:
        return {seat_id for label, seat_id in seats.items() if label not in free}
    return None if house is None else {seats[label] for label in house}


def _insert_screenings(session: Session, cinema_id: int, portion: Sequence[PlacedScreening]) -> None:
    rows: list[dict[str, Any]] = [
        {"cinema_id": cinema_id, "hall_id": _hall_of(each).id, "film_id": each.film_id, "starts_at": each.starts_at,
         "ends_at": each.ends_at, "day": each.planned.day, "time": each.planned.time,
         "price_list_id": each.price_list_id}
        for each in portion
    ]  # fmt: skip
    made = session.execute(
        insert(Screening).returning(Screening.id, Screening.hall_id, Screening.starts_at), rows
    )
    ids: dict[tuple[int | None, datetime], int] = {
        (hall_id, starts_at): screening_id for screening_id, hall_id, starts_at in made
    }
    insert_house_seats(
        session,
        [
            (ids[(_hall_of(each).id, each.starts_at)], seat_id)
            for each in portion
            for seat_id in sorted(_house_seat_ids(each) or ())
        ],
    )


def _adjust(there: Sequence[PlacedScreening], session: Session) -> int:
    """Bring screenings that are there in line with the file; return how many differed."""
    told = [each for each in there if each.planned.tells_seats]
    kept = house_seats_by_screening(session, [each.existing.id for each in told if each.existing is not None])
    changed = 0
    for each in there:
        known = each.existing
        assert known is not None, "only those that are there are adjusted"
        wanted = _house_seat_ids(each)
        moved = wanted is not None and wanted != kept[known.id]
        if moved:
            assert wanted is not None
            replace_house_seats(session, known.id, kept[known.id], wanted)
        if each.differs():
            film_id, ends_at, price_list_id = each.values_wanted()
            values = {"film_id": film_id, "ends_at": ends_at, "price_list_id": price_list_id}
            session.execute(update(Screening).where(Screening.id == known.id).values(values))
        changed += moved or each.differs()
    return changed
