"""Uploaded pictures in their places: posters of films, logos of cinemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.programme.errors import FilmNotFound
from matinee.programme.locks import lock_cinema, lock_row
from matinee.programme.models import Cinema, Film, Image
from matinee.programme.pictures import Picture


def set_poster(session: Session, *, film: Film, picture: Picture | None, now: datetime) -> None:
    """Give a film a poster in place of the one that it has; None: the one that is drawn. Raises FilmNotFound."""
    lock_row(session, film, gone=FilmNotFound)
    before, film.poster_name = film.poster_name, _stored(session, picture, now)
    _finish(session, before)


def set_logo(session: Session, *, cinema: Cinema, picture: Picture | None, now: datetime) -> None:
    """Give a cinema a logo in place of the one that it has; None: its name is shown."""
    lock_cinema(session, cinema)
    before, cinema.logo_name = cinema.logo_name, _stored(session, picture, now)
    _finish(session, before)


def delete_image_if_unused(session: Session, *, name: str) -> None:
    """Delete a picture that is nobody's poster or logo."""
    # Locked in a statement of its own: the next one then sees whoever took it for himself before.
    session.execute(select(Image.name).where(Image.name == name).with_for_update())
    session.execute(
        delete(Image).where(
            Image.name == name,
            ~exists().where(Film.poster_name == name),
            ~exists().where(Cinema.logo_name == name),
        )
    )


def _stored(session: Session, picture: Picture | None, now: datetime) -> str | None:
    if picture is None:
        return None
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(Image).values(
        name=picture.name,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
        content=picture.content,
        created_at=now,
    )
    # One that is there is locked by it: whoever is about to delete it as unused waits, and finds it used.
    session.execute(fresh.on_conflict_do_update(index_elements=[Image.name], set_={"created_at": now}))
    return picture.name


def _finish(session: Session, before: str | None) -> None:
    session.flush()
    if before is not None:
        delete_image_if_unused(session, name=before)
    announce_change(session)
