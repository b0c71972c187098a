"""Where the poster of a film is: the uploaded picture, or the one that is drawn."""

from __future__ import annotations

from flask import url_for

from matinee.boxoffice.showings import ShownFilm
from matinee.programme.posters.poster import Poster, poster_of, poster_version
from matinee.web.shared.images import image_url
from matinee.web.shared.services import services


def poster_address(film: ShownFilm, *, whole: bool = False) -> str:
    """The address of the picture, which changes when the picture does; `whole`: with the host."""
    if film.poster_name:
        return image_url(film.poster_name) if whole else url_for("images.show_image", name=film.poster_name)
    version = poster_version(drawn_poster(film))
    # Without a language: a picture has none.
    path = url_for("site.film_poster", film_id=film.id, v=version)
    return services().base_url + path if whole else path


def drawn_poster(film: ShownFilm) -> Poster:
    """What is drawn for a film."""
    return poster_of(film.id, film.title)
