"""Storing the screenings of a file: which are there already, in which hall the others go, which seats are kept back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import moment_at
from matinee.programme.films import StoredFilms
from matinee.programme.hall_assignment import assign_halls
from matinee.programme.hall_rows import load_halls, store_halls
from matinee.programme.lengths import end_of
from matinee.programme.locks import lock_halls
from matinee.programme.models import Cinema
from matinee.programme.price_assignment import assign_prices
from matinee.programme.queries import halls_of
from matinee.programme.schedule import PlannedScreening, Schedule
from matinee.programme.screening_rows import (
    ExistingScreening,
    PlacedScreening,
    Showing,
    load_cancelled,
    load_existing,
    store_rows,
)


@dataclass(frozen=True, slots=True)
class ScreeningCounts:
    """How many were new, different, the same, cancelled; and what halls they needed."""

    new: int
    changed: int
    same: int
    cancelled: int
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
    """Store the screenings that are missing, adjust those that differ. Raises FaultyFile with every problem found.

    One that was cancelled stays so: a file that is imported again does not bring it back.
    """
    named = _resolve(cinema, schedule, films)
    first = min(screening.starts_at for screening in named)
    last = max(screening.starts_at for screening in named)
    lock_halls(session, hall_ids=[hall.id for hall in halls_of(session, cinema_id=cinema.id)])
    existing = load_existing(session, cinema_id=cinema.id, first=first, last=last)
    cancelled = load_cancelled(session, cinema_id=cinema.id, first=first, last=last)
    placed = _without_cancelled(named, cancelled, existing)
    book = load_halls(session, cinema_id=cinema.id, existing=existing)
    problems = assign_halls(placed, existing, book, schedule)
    problems += assign_prices(session, cinema=cinema, placed=placed)
    if problems:
        raise FaultyFile(problems)
    halls_new, seats_new = store_halls(session, cinema_id=cinema.id, book=book)
    new, changed = store_rows(session, cinema_id=cinema.id, placed=placed, on_stored=on_stored)
    return ScreeningCounts(
        new, changed, len(placed) - new - changed, len(named) - len(placed), halls_new, seats_new
    )


def _resolve(cinema: Cinema, schedule: Schedule, films: StoredFilms) -> list[PlacedScreening]:
    """Each screening with its film and its moments. Raises FaultyFile."""
    zone = ZoneInfo(cinema.timezone)
    problems: list[str] = []
    placed: list[PlacedScreening] = []
    for planned in schedule.screenings:
        try:
            film_id, minutes = _film_of(planned, films)
            starts_at = moment_at(planned.day, planned.time, zone)
        except ValueError as error:
            problems.append(f"{planned.where}: {error}")
            continue
        adverts = cinema.adverts_minutes
        ends_at = end_of(starts_at, duration_minutes=minutes, adverts_minutes=adverts)
        placed.append(PlacedScreening(planned, film_id, starts_at, ends_at, adverts))
    if problems:
        raise FaultyFile(problems)
    return placed


def _without_cancelled(
    named: Sequence[PlacedScreening], cancelled: Iterable[Showing], existing: Iterable[ExistingScreening]
) -> list[PlacedScreening]:
    """Those that were not cancelled, or have been put on the programme again since."""
    gone, back = _halls_of(cancelled), _halls_of(known.showing for known in existing)

    def was_cancelled(planned: PlannedScreening) -> bool:
        key = (planned.day, planned.time, planned.title)
        if planned.hall is None:
            return key in gone and key not in back
        return planned.hall in gone.get(key, ()) and planned.hall not in back.get(key, ())

    return [each for each in named if not was_cancelled(each.planned)]


def _halls_of(showings: Iterable[Showing]) -> dict[tuple[date, str, str], set[str]]:
    halls: dict[tuple[date, str, str], set[str]] = {}
    for day, time, title, hall in showings:
        halls.setdefault((day, time, title), set()).add(hall)
    return halls


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
