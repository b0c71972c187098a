"""PUT and DELETE /films/{film_id}/poster, PUT and DELETE /cinemas/{slug}/logo"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.programme.catalogue import find_film
from matinee.programme.errors import CinemaNotFound, FilmNotFound, InvalidImage
from matinee.programme.images import set_logo, set_poster
from matinee.programme.pictures import Picture, read_logo, read_poster
from matinee.programme.queries import cinema_by_slug
from matinee.web.v1.answers import NO_CONTENT, Answer
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.cinemas import CinemaShape, present_cinema
from matinee.web.v1.films import FilmShape, present_film
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.tags import STAFF


class FilmPoster(MethodView):
    """The poster of a film."""

    @operation(
        "put_film_poster",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(FilmShape, "The film")},
        refusals=(FilmNotFound, InvalidImage),
    )
    def put(self, film_id: int, upload: bytes, now: datetime) -> Answer:
        """Give a film a poster

        At most 4 MiB. It is written anew, at most 800 by 1200 pixels, without what else the file says (where and with which
        camera it was made). Two by three is the form that the pages show.
        """
        picture = read_poster(upload)

        def put(session: Session) -> Answer:
            film = find_film(session, film_id=film_id)
            set_poster(session, film=film, picture=picture, now=now)
            return Answer(present_film(film))

        return write_audited(put)

    @operation(
        "delete_film_poster",
        tag=STAFF,
        access=needs("programme:write"),
        answers={204: Returns(None, "It is gone")},
        refusals=(FilmNotFound,),
    )
    def delete(self, film_id: int, now: datetime) -> Answer:
        """Take the poster of a film away

        Pages then show one that is drawn from the title.
        """

        def delete(session: Session) -> Answer:
            set_poster(session, film=find_film(session, film_id=film_id), picture=None, now=now)
            return NO_CONTENT

        return write_audited(delete)


class CinemaLogo(MethodView):
    """The logo of a cinema."""

    @operation(
        "put_cinema_logo",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(CinemaShape, "The cinema")},
        refusals=(CinemaNotFound, InvalidImage),
    )
    def put(self, slug: str, upload: bytes, now: datetime) -> Answer:
        """Give a cinema a logo

        At most 4 MiB. It is written anew, at most 960 by 240 pixels, and stands in place of the name on the website. It
        should be readable on dark and on light.
        """
        picture = read_logo(upload)
        return write_audited(lambda session: _put_logo(session, slug, picture, now))

    @operation(
        "delete_cinema_logo",
        tag=STAFF,
        access=needs("programme:write"),
        answers={204: Returns(None, "It is gone")},
        refusals=(CinemaNotFound,),
    )
    def delete(self, slug: str, now: datetime) -> Answer:
        """Take the logo of a cinema away

        The website shows its name.
        """
        write_audited(lambda session: _put_logo(session, slug, None, now))
        return NO_CONTENT


def _put_logo(session: Session, slug: str, picture: Picture | None, now: datetime) -> Answer:
    cinema = cinema_by_slug(session, slug)
    set_logo(session, cinema=cinema, picture=picture, now=now)
    return Answer(present_cinema(cinema))


v1.add_url_rule("/films/<id:film_id>/poster", view_func=FilmPoster.as_view("film_poster"))
v1.add_url_rule("/cinemas/<slug>/logo", view_func=CinemaLogo.as_view("cinema_logo"))
