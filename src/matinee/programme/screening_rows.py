"""Reading and writing screenings many at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matinee.programme.hall_book import REACH, PlannedHall
from matinee.programme.house_seats import insert_house_seats, replace_house_seats
from matinee.programme.models import Film, Hall, Screening
from matinee.programme.queries import house_reasons_by_screening
from matinee.programme.schedule import PlannedScreening

# Few enough that progress is seen, many enough that round trips do not count.
SCREENINGS_PER_PORTION = 500

# How a screening is shown; a file may say nothing about it.
MANNER = ("format", "language", "subtitles", "access_features")

# Day, time, title and hall.
Showing = tuple[date, str, str, str]


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
    price_list_by_time: bool
    format: str
    language: str
    subtitles: str
    access_features: str
    adverts_minutes: int

    @property
    def showing(self) -> Showing:
        """What people know it by."""
        return (self.day, self.time, self.title, self.hall_name)


@dataclass(slots=True)
class PlacedScreening:
    """A screening of a file with its film and moments (UTC); once found, its hall, its price and what is there of it."""

    planned: PlannedScreening
    film_id: int
    starts_at: datetime
    ends_at: datetime
    adverts_minutes: int = 0
    hall: PlannedHall | None = None
    existing: ExistingScreening | None = None
    price_list_id: int | None = None
    price_list_by_time: bool = False

    def keep(self, known: ExistingScreening) -> None:
        """It is there already: its adverts, which files do not tell, stay as they are."""
        self.existing = known
        self.ends_at += timedelta(minutes=known.adverts_minutes - self.adverts_minutes)
        self.adverts_minutes = known.adverts_minutes

    def differs(self) -> bool:
        """Whether what is there is not as it shall be."""
        return any(
            getattr(self.existing, name, None) != value for name, value in self.values_wanted().items()
        )

    def values_wanted(self) -> dict[str, Any]:
        """Film, end, adverts, price and manner of showing as they shall be; what the file does not state stays."""
        told = {name: getattr(self.planned, name) for name in MANNER}
        return {
            "film_id": self.film_id,
            "ends_at": self.ends_at,
            "adverts_minutes": self.adverts_minutes,
            "price_list_id": self.price_list_id,
            "price_list_by_time": self.price_list_by_time,
        } | {name: value for name, value in told.items() if value is not None}


def load_existing(
    session: Session, *, cinema_id: int, first: datetime, last: datetime
) -> list[ExistingScreening]:
    """The screenings of a cinema that begin between these moments, or may reach into them; none that was cancelled."""
    wanted = (
        select(Screening.id, Hall.id, Hall.name, Film.id, Film.title, Screening.starts_at, Screening.ends_at,
               Screening.day, Screening.time, Screening.price_list_id, Screening.price_list_by_time,
               Screening.format, Screening.language, Screening.subtitles, Screening.access_features,
               Screening.adverts_minutes)
        .join(Hall, Hall.id == Screening.hall_id)
        .join(Film, Film.id == Screening.film_id)
        .where(Screening.cinema_id == cinema_id, Screening.starts_at >= first - REACH,
               Screening.starts_at <= last + REACH, Screening.cancelled_at.is_(None))
        .order_by(Screening.id)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(wanted).all()
    return [ExistingScreening(*row) for row in rows]


def load_cancelled(session: Session, *, cinema_id: int, first: datetime, last: datetime) -> set[Showing]:
    """The screenings of a cinema that begin between these moments and were cancelled."""
    wanted = (
        select(Screening.day, Screening.time, Film.title, Hall.name)
        .join(Hall, Hall.id == Screening.hall_id)
        .join(Film, Film.id == Screening.film_id)
        .where(Screening.cinema_id == cinema_id, Screening.starts_at.between(first, last),
               Screening.cancelled_at.is_not(None))
    )  # fmt: skip
    return {(day, time, title, hall) for day, time, title, hall in session.execute(wanted)}


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


def _kept_back(screening: PlacedScreening) -> dict[int, str]:
    """Why each seat is kept back at a new screening. What is broken in the hall is so, whatever the file says."""
    by_hall, told = _hall_of(screening).held_back, _house_seat_ids(screening)
    if told is None:
        return by_hall
    broken = {seat_id: why for seat_id, why in by_hall.items() if why == "broken"}
    return dict.fromkeys(told, "house") | broken


def _insert_screenings(session: Session, cinema_id: int, portion: Sequence[PlacedScreening]) -> None:
    rows: list[dict[str, Any]] = [
        {"cinema_id": cinema_id, "hall_id": _hall_of(each).id, "starts_at": each.starts_at, "day": each.planned.day,
         "time": each.planned.time} | dict.fromkeys(MANNER, "") | each.values_wanted()
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
            (ids[(_hall_of(each).id, each.starts_at)], seat_id, why)
            for each in portion
            for seat_id, why in sorted(_kept_back(each).items())
        ],
    )


def _adjust(there: Sequence[PlacedScreening], session: Session) -> int:
    """Bring screenings that are there in line with the file; return how many differed."""
    told = [each for each in there if each.planned.tells_seats]
    kept = house_reasons_by_screening(
        session, [each.existing.id for each in told if each.existing is not None]
    )
    changed = 0
    for each in there:
        known = each.existing
        assert known is not None, "only those that are there are adjusted"
        wanted = _house_seat_ids(each)
        moved = False
        if wanted is not None:
            # What is broken stays so.
            wanted |= {seat_id for seat_id, why in kept[known.id].items() if why == "broken"}
            moved = wanted != set(kept[known.id])
        if wanted is not None and moved:
            replace_house_seats(session, known.id, kept[known.id], wanted)
        if each.differs():
            session.execute(update(Screening).where(Screening.id == known.id).values(each.values_wanted()))
        changed += moved or each.differs()
    return changed
