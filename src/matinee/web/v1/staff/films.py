"""POST /films, PATCH and DELETE /films/{film_id}"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.programme.catalogue import find_film
from matinee.programme.errors import FilmExists, FilmInUse, FilmNotFound, HallTaken, InvalidFilm
from matinee.programme.fields import DURATION_MINUTES_MAX, SYNOPSIS_CHARACTERS_MAX, URL_CHARACTERS_MAX
from matinee.programme.film_records import change_film, create_film, delete_film
from matinee.programme.locks import lock_row
from matinee.programme.models import Film
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.films import FilmShape, present_film
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.tags import STAFF
from matinee.web.v1.values import Text, Values

Minutes = Annotated[int, Field(ge=1, le=DURATION_MINUTES_MAX)]
# What may be empty.
Line = Annotated[str, Field(max_length=100)]
Url = Annotated[str, Field(max_length=URL_CHARACTERS_MAX)]
Synopsis = Annotated[str, Field(max_length=SYNOPSIS_CHARACTERS_MAX)]


class NewFilm(Values, example={"title": "Nosferatu", "duration_minutes": 94, "certificate": "12"}):
    """A film."""

    title: Text
    duration_minutes: Minutes
    certificate: Line = ""
    synopsis: Synopsis = ""
    trailer_url: Url = ""
    poster_url: Url = ""


class ChangedFilm(Values, example={"duration_minutes": 95}):
    """What is to be different; what is left out or null stays as it is."""

    title: Text | None = None
    duration_minutes: Minutes | None = None
    certificate: Line | None = None
    synopsis: Synopsis | None = None
    trailer_url: Url | None = None
    poster_url: Url | None = None


class NewFilms(MethodView):
    """Entering films."""

    @operation(
        "create_film",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(FilmShape, "The film")},
        refusals=(InvalidFilm, FilmExists),
        keyed=True,
    )
    def post(self, body: NewFilm, caller: Caller, now: datetime) -> Answer:
        """Enter a film

        A film is known by its title, duration and trailer: a remake is another one.
        """

        def make(session: Session) -> Answer:
            film = create_film(session, **body.model_dump())
            return created(present_film(film), location=f"{PREFIX}/films/{film.id}")

        return idempotent(make, caller=caller, now=now)


class PlannedFilm(MethodView):
    """Changing a film."""

    @operation(
        "change_film",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(FilmShape, "The film")},
        refusals=(FilmNotFound, InvalidFilm, FilmExists, HallTaken),
        if_match=True,
    )
    def patch(self, film_id: int, body: ChangedFilm, now: datetime) -> Answer:
        """Change a film

        With another duration the screenings to come end earlier or later; that is refused where one would reach into the
        next.
        """

        def change(session: Session) -> Answer:
            film = _unchanged_film(session, film_id)
            change_film(session, film=film, now=now, **body.model_dump())
            return Answer(present_film(film))

        return write_audited(change)

    @operation(
        "delete_film",
        tag=STAFF,
        access=needs("programme:write"),
        answers={204: Returns(None, "It is gone")},
        refusals=(FilmNotFound, FilmInUse),
        if_match=True,
    )
    def delete(self, film_id: int) -> Answer:
        """Delete a film that has no screenings, past or to come"""

        def delete(session: Session) -> Answer:
            delete_film(session, film=_unchanged_film(session, film_id))
            return NO_CONTENT

        return write_audited(delete)


def _unchanged_film(session: Session, film_id: int) -> Film:
    film = find_film(session, film_id=film_id)
    lock_row(session, film, gone=FilmNotFound)
    require_unchanged(present_film(film))
    return film


v1.add_url_rule("/films", view_func=NewFilms.as_view("new_films"))
v1.add_url_rule("/films/<id:film_id>", view_func=PlannedFilm.as_view("planned_film"))
