"""The programme as pages need it, read once per version of the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from matinee.boxoffice.showings import Showing, ShownFilm, coming_showings, shown_film
from matinee.programme.catalogue import films_on, find_film
from matinee.programme.outline import Kind, coming_kinds
from matinee.web.shared.services import services

FILMS_MAX = 10_000
Result = TypeVar("Result")


def kinds_of(cinema_id: int, *, now: datetime) -> tuple[Kind, ...]:
    """Every kind of screening that is to come in a cinema, by day."""
    return _kept(("kinds", cinema_id), lambda session: coming_kinds(session, cinema_id=cinema_id, now=now))


def showings_on(cinema_id: int, day: date, *, now: datetime) -> list[Showing]:
    """What begins later on this day in a cinema, by time."""
    found = _kept(
        ("day", cinema_id, day),
        lambda session: coming_showings(session, cinema_id=cinema_id, day=day, now=now),
    )
    return not_begun(found, now=now)


def showings_of_cinema(cinema_id: int, *, now: datetime) -> list[Showing]:
    """Everything that is to come in a cinema, by time."""
    found = _kept(
        ("all days", cinema_id), lambda session: coming_showings(session, cinema_id=cinema_id, now=now)
    )
    return not_begun(found, now=now)


def film_with_showings(film_id: int, *, now: datetime) -> tuple[ShownFilm, list[Showing]]:
    """A film and all its screenings to come, in every cinema, by time. Raises FilmNotFound."""

    def read(session: Session) -> tuple[ShownFilm, tuple[Showing, ...]]:
        film = shown_film(find_film(session, film_id=film_id))
        return film, coming_showings(session, film_id=film_id, now=now)

    film, showings = _kept(("film", film_id), read)
    return film, not_begun(showings, now=now)


def films_by_title(cinema_id: int | None, *, now: datetime) -> tuple[ShownFilm, ...]:
    """The films that a cinema is going to show, by title; None: every film that is known."""

    def read(session: Session) -> tuple[ShownFilm, ...]:
        found = films_on(session, cinema_id=cinema_id, title=None, behind=None, limit=FILMS_MAX, now=now)
        return tuple(shown_film(film) for film in found)

    return _kept(("films", cinema_id), read)


def not_begun(showings: tuple[Showing, ...], *, now: datetime) -> list[Showing]:
    """Without those that have begun since they were read."""
    return [showing for showing in showings if showing.starts_at > now]


def _kept(key: tuple[object, ...], read: Callable[[Session], Result]) -> Result:
    service = services()
    return service.kept_answers.get(("programme pages", *key), lambda: service.reader.read(read))
