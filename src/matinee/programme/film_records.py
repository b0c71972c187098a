"""Films one at a time: entered, changed, deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.db.version import announce_change
from matinee.programme.errors import FilmExists, FilmInUse, FilmNotFound, InvalidFilm
from matinee.programme.fields import (
    CERTIFICATE_CHARACTERS_MAX,
    SYNOPSIS_CHARACTERS_MAX,
    parse_formats,
    parse_languages,
    parse_line,
    parse_minutes,
    parse_text,
    parse_title,
    parse_url,
    told_as,
)
from matinee.programme.images import delete_image_if_unused
from matinee.programme.lengths import end_of
from matinee.programme.locks import lock_halls, lock_row
from matinee.programme.models import Distributor, Film, Screening
from matinee.programme.occupancy import require_free
from matinee.programme.unchanged import UNCHANGED, Unchanged


def create_film(
    session: Session,
    *,
    title: str,
    duration_minutes: int,
    trailer_url: str = "",
    poster_url: str = "",
    certificate: str = "",
    synopsis: str = "",
    formats: str = "",
    languages: str = "",
    distributor: Distributor | None = None,
) -> Film:
    """Store a film; formats and languages that its copies came in are separated by commas.

    Raises InvalidFilm, and FilmExists where title, duration and trailer are those of another.
    """
    film = Film(distributor=distributor)
    _set(
        film,
        title=title,
        duration_minutes=duration_minutes,
        trailer_url=trailer_url,
        poster_url=poster_url,
        certificate=certificate,
        synopsis=synopsis,
        formats=formats,
        languages=languages,
    )
    _refuse_second(session, film)
    session.add(film)
    session.flush()
    announce_change(session)
    return film


def change_film(
    session: Session,
    *,
    film: Film,
    now: datetime,
    title: str | None = None,
    duration_minutes: int | None = None,
    trailer_url: str | None = None,
    poster_url: str | None = None,
    certificate: str | None = None,
    synopsis: str | None = None,
    formats: str | None = None,
    languages: str | None = None,
    distributor: Distributor | Unchanged | None = UNCHANGED,
) -> None:
    """Change what is given; None leaves as it is. Screenings to come end later or earlier with another duration.

    Raises InvalidFilm, FilmExists, FilmNotFound, and HallTaken where a screening would reach into the next one.
    """
    lock_row(session, film, gone=FilmNotFound)
    was_minutes = film.duration_minutes
    _set(
        film,
        title=film.title if title is None else title,
        duration_minutes=film.duration_minutes if duration_minutes is None else duration_minutes,
        trailer_url=film.trailer_url if trailer_url is None else trailer_url,
        poster_url=film.poster_url if poster_url is None else poster_url,
        certificate=film.certificate if certificate is None else certificate,
        synopsis=film.synopsis if synopsis is None else synopsis,
        formats=film.formats if formats is None else formats,
        languages=film.languages if languages is None else languages,
    )
    if distributor is not UNCHANGED:
        film.distributor = distributor
    _refuse_second(session, film)
    session.flush()
    if film.duration_minutes != was_minutes:
        _move_ends(session, film, now)
    announce_change(session)


def delete_film(session: Session, *, film: Film) -> None:
    """Delete a film that has no screenings, past or to come. Raises FilmInUse and FilmNotFound."""
    # Whoever schedules it at this moment is waited for, and seen.
    lock_row(session, film, gone=FilmNotFound)
    if session.scalar(select(Screening.id).where(Screening.film_id == film.id).limit(1)) is not None:
        raise FilmInUse
    poster = film.poster_name
    session.delete(film)
    session.flush()
    if poster is not None:
        delete_image_if_unused(session, name=poster)
    announce_change(session)


def _set(
    film: Film,
    *,
    title: str,
    duration_minutes: int,
    trailer_url: str,
    poster_url: str,
    certificate: str,
    synopsis: str,
    formats: str,
    languages: str,
) -> None:
    with told_as(InvalidFilm, "The film"):
        values = {
            "title": parse_title(title),
            "duration_minutes": parse_minutes(duration_minutes),
            "trailer_url": parse_url(trailer_url, what="trailer"),
            "poster_url": parse_url(poster_url, what="poster"),
            "certificate": parse_line(
                certificate, what="rating", characters_max=CERTIFICATE_CHARACTERS_MAX, required=False
            ),
            "synopsis": parse_text(
                synopsis, what="synopsis", characters_max=SYNOPSIS_CHARACTERS_MAX, required=False
            ),
            "formats": parse_formats(formats),
            "languages": parse_languages(languages),
        }
    for name, value in values.items():
        setattr(film, name, value)


def _refuse_second(session: Session, film: Film) -> None:
    alike = select(Film.id).where(
        Film.title == film.title,
        Film.duration_minutes == film.duration_minutes,
        Film.trailer_url == film.trailer_url,
    )
    with session.no_autoflush:
        if any(found != film.id for found in session.scalars(alike)):
            raise FilmExists


def _move_ends(session: Session, film: Film, now: datetime) -> None:
    to_come = (
        select(Screening)
        .where(Screening.film_id == film.id, Screening.starts_at > now, Screening.cancelled_at.is_(None))
        .order_by(Screening.starts_at)
        .options(joinedload(Screening.hall))
    )
    lock_halls(session, hall_ids=[each.hall_id for each in session.scalars(to_come)])
    # Asked once more: another planner may have moved one before the halls were locked.
    screenings = session.scalars(to_come.execution_options(populate_existing=True)).all()
    for screening in screenings:
        screening.ends_at = end_of(
            screening.starts_at,
            duration_minutes=film.duration_minutes,
            adverts_minutes=screening.adverts_minutes,
        )
    session.flush()
    for screening in screenings:
        require_free(
            session,
            hall=screening.hall,
            starts_at=screening.starts_at,
            ends_at=screening.ends_at,
            except_screening=screening,
        )
