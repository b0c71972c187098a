"""Films: storing those that a file describes, finding those that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matinee.programme.models import Film
from matinee.programme.schedule import FilmDetails, FilmKey


@dataclass(slots=True)
class StoredFilms:
    """The films of the database by what makes them one, and how many were new or changed."""

    by_key: dict[FilmKey, Film]
    new: int = 0
    changed: int = 0

    def with_title(self, title: str, duration_minutes: int | None) -> list[Film]:
        """The films of this title, and of this duration where one is given; the oldest first."""
        found = {
            film.id: film
            for film in self.by_key.values()
            if film.title == title and duration_minutes in (None, film.duration_minutes)
        }
        return list(found.values())


def store_films(session: Session, films: Iterable[FilmDetails], *, titles: Iterable[str] = ()) -> StoredFilms:
    """Insert the films that are missing and fill in what is new about the others.

    Returns every film of these titles and of `titles`. A text that is empty in `films` changes nothing.
    """
    wanted = {film.key: film for film in films}
    stored = StoredFilms(_films_titled(session, {film.title for film in wanted.values()} | set(titles)))
    _know_by_less(stored, wanted)
    missing = [film for key, film in wanted.items() if key not in stored.by_key]
    for key, details in wanted.items():
        if key in stored.by_key and _fill_in(stored.by_key[key], details):
            stored.changed += 1
    if missing:
        session.execute(insert(Film), [_row(film) for film in missing])
        stored.by_key.update(_films_titled(session, {film.title for film in missing}))
    stored.new = len(missing)
    return stored


def _know_by_less(stored: StoredFilms, wanted: dict[FilmKey, FilmDetails]) -> None:
    """A film that is told without its trailer is the one that is there with one, not a second.

    Where there are several it is the oldest: which one that is does not change when more of them come, so that the same
    file means the same film the next time.
    """
    for key in wanted:
        if key not in stored.by_key and not key[2]:
            alike = stored.with_title(key[0], key[1])
            if alike:
                stored.by_key[key] = alike[0]


def _films_titled(session: Session, titles: set[str]) -> dict[FilmKey, Film]:
    found: dict[FilmKey, Film] = {}
    ordered = sorted(titles)
    for start in range(0, len(ordered), 1000):
        portion = select(Film).where(Film.title.in_(ordered[start : start + 1000])).order_by(Film.id)
        for film in session.scalars(portion):
            # The older one counts, should there be two.
            found.setdefault((film.title, film.duration_minutes, film.trailer_url), film)
    return found


def _row(film: FilmDetails) -> dict[str, object]:
    return {
        "title": film.title,
        "duration_minutes": film.duration_minutes,
        "trailer_url": film.trailer_url,
        "poster_url": film.poster_url,
        "certificate": film.certificate,
        "synopsis": film.synopsis,
    }


def _fill_in(film: Film, details: FilmDetails) -> bool:
    changed = False
    for name in ("poster_url", "certificate", "synopsis"):
        told = getattr(details, name)
        if told and told != getattr(film, name):
            setattr(film, name, told)
            changed = True
    return changed
