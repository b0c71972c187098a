"""GET /programme.ics: the coming screenings of a cinema, or of one film, as a calendar to follow."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, request
from flask.typing import ResponseReturnValue

from matinee.boxoffice.showings import Showing
from matinee.kernel import clock
from matinee.tickets import calendar
from matinee.web.shared.house import House, default_house, house_of
from matinee.web.shared.services import services
from matinee.web.site.blueprint import full_url, page
from matinee.web.site.programme.lasting import lasting
from matinee.web.site.programme.listing import manner_of
from matinee.web.site.programme.names import access_names, tags_of
from matinee.web.site.programme.reading import film_with_showings, showings_of_cinema

CACHED_SECONDS = 900


@page("/programme.ics", access="everybody")
def programme_calendar() -> ResponseReturnValue:
    """`cinema`: a slug, else the default one. `film`: an id; then in every cinema, unless one is named."""
    now = clock.now()
    asked, film = request.args.get("cinema"), request.args.get("film")
    house = house_of(asked) if asked else default_house()
    name = house.name
    if film is None:
        showings = showings_of_cinema(house.id, now=now)
    elif not (film.isascii() and film.isdecimal() and len(film) < 10):
        abort(404)
    else:
        found, showings = film_with_showings(int(film), now=now)
        name = f"{found.title}: {house.name}"
        showings = [one for one in showings if not asked or one.cinema_slug == asked]
    content = calendar.programme_calendar(
        name=name,
        entries=[_entry(showing, house_of(showing.cinema_slug)) for showing in showings],
        # By the day: what is the same stays the same for whoever asks whether it is.
        stamped_at=now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    return lasting(content, content_type="text/calendar; charset=utf-8", seconds=CACHED_SECONDS)


def _entry(showing: Showing, house: House) -> calendar.CalendarEntry:
    url = full_url("screening", screening_id=showing.id)
    told = [*tags_of(manner_of(showing)), *access_names(showing.access)]
    return calendar.CalendarEntry(
        uid=f"screening-{showing.id}@{urlsplit(services().base_url).hostname}",
        title=showing.film.title,
        starts_at=showing.starts_at,
        ends_at=showing.ends_at,
        location=", ".join([showing.hall, house.name, *house.address.splitlines()]),
        description=", ".join(told),
        url=url,
    )
