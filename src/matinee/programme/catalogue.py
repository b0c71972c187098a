"""What is on, in parts: films by title, screenings by day, film, hall and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, joinedload

from matinee.programme.errors import FilmNotFound, HallNotFound, ScreeningNotFound
from matinee.programme.lengths import LASTS_MAX
from matinee.programme.models import Film, Hall, Screening
from matinee.programme.queries import is_public

FilmKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ScreeningFilter:
    """Which screenings are meant; what is None does not narrow. Days are those on the cinema's wall, both included."""

    cinema_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    film_id: int | None = None
    hall_id: int | None = None
    format: str | None = None


def film_key(film: Film) -> FilmKey:
    """What films are ordered by: the title as people read it, letter case aside."""
    return (film.title.casefold(), film.id)


def films_on(
    session: Session,
    *,
    cinema_id: int | None,
    title: str | None,
    behind: FilmKey | None,
    limit: int,
    now: datetime,
) -> list[Film]:
    """Films whose title contains `title`, in the order of their titles, from the one behind `behind` on.

    `cinema_id`: only what has a screening there that has not ended yet.
    """
    # Titles are compared here: what is a small letter beyond ASCII, each database sees in its own way, if at all.
    wanted = select(Film)
    if cinema_id is not None:
        shown = exists().where(
            Screening.film_id == Film.id,
            Screening.cinema_id == cinema_id,
            Screening.ends_at > now,
            is_public(),
        )
        wanted = wanted.where(shown)
    part = title.casefold() if title is not None else ""
    found = [film for film in session.scalars(wanted) if part in film.title.casefold()]
    found.sort(key=film_key)
    return [film for film in found if behind is None or film_key(film) > behind][:limit]


def find_film(session: Session, *, film_id: int) -> Film:
    """The film. Raises FilmNotFound."""
    found = session.get(Film, film_id)
    if found is None:
        raise FilmNotFound
    return found


def find_hall(session: Session, *, hall_id: int) -> Hall:
    """The hall. Raises HallNotFound."""
    found = session.get(Hall, hall_id)
    if found is None:
        raise HallNotFound
    return found


def screenings_in_order(
    session: Session,
    *,
    wanted: ScreeningFilter,
    behind: ColumnElement[bool] | None,
    limit: int,
    now: datetime,
) -> Sequence[Screening]:
    """Screenings, cancelled ones too, drafts not, by their start and then their id, each with film, hall and cinema.

    `behind`: a condition on those two. Where no day is named, only what has not ended yet.
    """
    statement = _matching(wanted)
    if wanted.first_day is None and wanted.last_day is None:
        statement = statement.where(Screening.ends_at > now, Screening.starts_at > now - LASTS_MAX)
    if behind is not None:
        statement = statement.where(behind)
    return session.scalars(statement.order_by(Screening.starts_at, Screening.id).limit(limit)).all()


def _matching(wanted: ScreeningFilter) -> Select[Screening]:
    statement = select(Screening).where(Screening.draft.is_(False)).options(*_WITH_ALL)
    for column, value in (
        (Screening.cinema_id, wanted.cinema_id),
        (Screening.film_id, wanted.film_id),
        (Screening.hall_id, wanted.hall_id),
        (Screening.format, wanted.format),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.first_day is not None:
        statement = statement.where(Screening.day >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(Screening.day <= wanted.last_day)
    return statement


def find_screening(session: Session, *, screening_id: int, drafts_too: bool = False) -> Screening:
    """The screening with its film, hall and cinema. Raises ScreeningNotFound, also for a draft unless it may be one."""
    found = session.scalars(
        select(Screening).where(Screening.id == screening_id).options(*_WITH_ALL)
    ).one_or_none()
    if found is None or (found.draft and not drafts_too):
        raise ScreeningNotFound
    return found


_WITH_ALL = (joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
