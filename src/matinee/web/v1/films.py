"""GET /films, GET /films/{film_id}"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.programme.catalogue import film_key, films_on, find_film
from matinee.programme.errors import CinemaNotFound, FilmNotFound
from matinee.programme.models import Film
from matinee.programme.queries import cinema_by_slug
from matinee.web.shared.images import image_url
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.kept import kept
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, example_of_page, key_of, page_of
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import PROGRAMME
from matinee.web.v1.values import Text

EXAMPLE = {
    "id": 12,
    "title": "Nosferatu",
    "duration_minutes": 94,
    "certificate": "12",
    "synopsis": "A clerk travels to a count who wants to buy a house.",
    "trailer_url": "https://www.example.org/nosferatu",
    "poster_url": "https://www.example.org/nosferatu.jpg",
}


class FilmShape(Shape, example=EXAMPLE):
    """A film."""

    id: int
    title: str
    duration_minutes: int
    certificate: str = Field(description="Age rating; empty where none is known.")
    synopsis: str
    trailer_url: str = Field(description="Empty where there is none.")
    poster_url: str = Field(
        description="Where its uploaded poster is, else the address that was entered; empty where there is none."
    )


class FilmPage(Page[FilmShape], example=example_of_page(EXAMPLE)):
    """Films by their titles."""


class FilmQuery(PageQuery):
    """Which films."""

    cinema: Text | None = Field(None, description="Only what is on in this cinema (its slug) from now on.")
    title: Text | None = Field(None, description="Only titles that contain this, letter case aside.")


def present_film(film: Film) -> FilmShape:
    """A film as the API tells it."""
    return FilmShape(
        id=film.id,
        title=film.title,
        duration_minutes=film.duration_minutes,
        certificate=film.certificate,
        synopsis=film.synopsis,
        trailer_url=film.trailer_url,
        poster_url=image_url(film.poster_name) or film.poster_url,
    )


class Films(MethodView):
    """The films that are known."""

    @operation(
        "list_films",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(FilmPage, "A page of films", headers={"Link": "The next page."})},
        refusals=(CinemaNotFound,),
    )
    def get(self, query: FilmQuery, now: datetime) -> Answer:
        """List films by title"""
        behind = key_of(query.cursor, str, int) if query.cursor is not None else None

        def read(session: Session) -> Answer:
            cinema_id = cinema_by_slug(session, query.cinema).id if query.cinema is not None else None
            films = films_on(
                session,
                cinema_id=cinema_id,
                title=query.title,
                behind=(behind[0], behind[1]) if behind is not None else None,
                limit=query.limit + 1,
                now=now,
            )
            return page_of(FilmPage, films, query, key=film_key, present=present_film)

        return kept(read, key=("films", query))


class OneFilm(MethodView):
    """One film."""

    @operation(
        "get_film",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(FilmShape, "The film")},
        refusals=(FilmNotFound,),
    )
    def get(self, film_id: int) -> Answer:
        """Read a film"""
        return services().transactions.read(
            lambda session: Answer(present_film(find_film(session, film_id=film_id)))
        )


v1.add_url_rule("/films", view_func=Films.as_view("films"))
v1.add_url_rule("/films/<id:film_id>", view_func=OneFilm.as_view("film"))
