"""Storing the screenings of a file: which are there already, in which hall the others go, which seats are kept back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import moment_at
from matinee.programme.films import StoredFilms
from matinee.programme.hall_assignment import assign_halls
from matinee.programme.hall_rows import load_halls, store_halls
from matinee.programme.models import Cinema
from matinee.programme.prices import flat_price_list, price_lists_by_name
from matinee.programme.schedule import PlannedScreening, Schedule
from matinee.programme.screening_rows import PlacedScreening, load_existing, store_rows


@dataclass(frozen=True, slots=True)
class ScreeningCounts:
    """How many were new, different, the same; and what halls they needed."""

    new: int
    changed: int
    same: int
    halls_new: int
    seats_new: int


def store_screenings(
    session: Session,
    *,
    cinema: Cinema,
    schedule: Schedule,
    films: StoredFilms,
    on_stored: Callable[[int], None],
) -> ScreeningCounts:
    """Store the screenings that are missing, adjust those that differ. Raises FaultyFile with every problem found."""
    placed = _resolve(session, cinema, schedule, films)
    first = min(screening.starts_at for screening in placed)
    last = max(screening.starts_at for screening in placed)
    existing = load_existing(session, cinema_id=cinema.id, first=first, last=last)
    book = load_halls(session, cinema_id=cinema.id, existing=existing)
    problems = assign_halls(placed, existing, book, schedule)
    if problems:
        raise FaultyFile(problems)
    halls_new, seats_new = store_halls(session, cinema_id=cinema.id, book=book)
    new, changed = store_rows(session, cinema_id=cinema.id, placed=placed, on_stored=on_stored)
    return ScreeningCounts(new, changed, len(placed) - new - changed, halls_new, seats_new)


def _resolve(
    session: Session, cinema: Cinema, schedule: Schedule, films: StoredFilms
) -> list[PlacedScreening]:
    """Each screening with its film, its moments and its price list. Raises FaultyFile."""
    zone = ZoneInfo(cinema.timezone)
    lists = _PriceLists(session, cinema)
    problems: list[str] = []
    placed: list[PlacedScreening] = []
    for planned in schedule.screenings:
        try:
            film_id, minutes = _film_of(planned, films)
            starts_at = moment_at(planned.day, planned.time, zone)
            price_list_id = lists.of(planned)
        except ValueError as error:
            problems.append(f"{planned.where}: {error}")
            continue
        ends_at = starts_at + timedelta(minutes=minutes)
        placed.append(PlacedScreening(planned, film_id, starts_at, ends_at, price_list_id))
    if problems:
        raise FaultyFile(problems)
    return placed


def _film_of(planned: PlannedScreening, films: StoredFilms) -> tuple[int, int]:
    """Id and duration in minutes."""
    if planned.film is not None:
        film = films.by_key[planned.film.key]
        return film.id, film.duration_minutes
    found = films.with_title(planned.title, planned.duration_minutes)
    if not found:
        raise ValueError("the film is not known; import a file that describes it first")
    if len(found) > 1:
        choices = ", ".join(str(minutes) for minutes in sorted(film.duration_minutes for film in found))
        raise ValueError(f"there are {len(found)} films of this title ({choices} minutes); name the duration")
    return found[0].id, found[0].duration_minutes


class _PriceLists:
    """The price lists that screenings name, each looked up once."""

    def __init__(self, session: Session, cinema: Cinema) -> None:
        self._session = session
        self._cinema = cinema
        self._by_name = price_lists_by_name(session, cinema_id=cinema.id)
        self._flat: dict[int | str, int] = {}

    def of(self, planned: PlannedScreening) -> int | None:
        if planned.price_list is not None and planned.price is not None:
            raise ValueError("it has both a price and a price list")
        if planned.price_list is not None:
            if planned.price_list not in self._by_name:
                raise ValueError(f"there is no price list {planned.price_list!r}; import the prices first")
            return self._by_name[planned.price_list]
        if planned.price is None:
            return None
        if planned.price not in self._flat:
            self._flat[planned.price] = flat_price_list(
                self._session, cinema=self._cinema, price=planned.price
            )
        return self._flat[planned.price]
