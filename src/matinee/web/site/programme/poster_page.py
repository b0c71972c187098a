"""GET /films/<id>/poster.png: the drawn poster of a film as a picture, for those who show links to it."""

from __future__ import annotations

from functools import lru_cache

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.programme.posters.picture import poster_png
from matinee.programme.posters.poster import Poster, poster_version
from matinee.web.shared.poster_addresses import drawn_poster, poster_address
from matinee.web.site.blueprint import page
from matinee.web.site.programme.reading import film_with_showings

ONE_YEAR_SECONDS = 365 * 24 * 3600
ONE_HOUR_SECONDS = 3600
# Of some 30 kB each.
PICTURES_KEPT_MAX = 200


@page("/films/<int:film_id>/poster.png", access="everybody")
def film_poster(film_id: int) -> ResponseReturnValue:
    """The picture; for a year where the address names its version. An uploaded one is somewhere else."""
    film, _showings = film_with_showings(film_id, now=clock.now())
    if film.poster_name:
        return redirect(poster_address(film))
    poster = drawn_poster(film)
    version = poster_version(poster)
    response = Response(mimetype="image/png")
    response.set_etag(version)
    if request.args.get("v") == version:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = f"public, max-age={ONE_HOUR_SECONDS}"
    if version not in request.if_none_match:
        response.set_data(_drawn(poster))
    return response.make_conditional(request)


@lru_cache(maxsize=PICTURES_KEPT_MAX)
def _drawn(poster: Poster) -> bytes:
    return poster_png(poster)
