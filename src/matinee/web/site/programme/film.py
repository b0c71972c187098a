"""GET /films and /films/<id>: films by title, and one with all its times."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import render_template

from matinee.boxoffice.showings import Showing, ShownFilm
from matinee.kernel import clock
from matinee.web.shared.house import House, default_house, every_house
from matinee.web.site.blueprint import here, page
from matinee.web.site.programme.listing import Times, by_manner, grouped
from matinee.web.site.programme.reading import film_with_showings, films_by_title
from matinee.web.site.programme.structured_data import describe_film

DESCRIPTION_CHARACTERS_MAX = 200


@page("/films", access="everybody")
def films() -> str:
    """Every film that is going to be shown somewhere in the house, by title."""
    now = clock.now()
    found = {film.id: film for house in every_house() for film in films_by_title(house.id, now=now)}
    ordered = sorted(found.values(), key=lambda film: (film.title.casefold(), film.id))
    return render_template("site/programme/films.html", films=ordered, canonical=here("films"))


@page("/films/<int:film_id>", access="everybody")
def film(film_id: int) -> str:
    """One film: what it is, and when and where it is shown."""
    now = clock.now()
    found, showings = film_with_showings(film_id, now=now)
    houses = every_house()
    return render_template(
        "site/programme/film.html",
        house=_house_of(showings, houses),
        film=found,
        today=_today(showings, now_zone=default_house().timezone),
        days=_by_day(showings, houses),
        names_cinemas=len(houses) > 1,
        trailer=_trailer(found),
        description=_description(found),
        canonical=here("film", film_id=film_id),
        structured=describe_film(found, showings),
    )


def _house_of(showings: list[Showing], houses: tuple[House, ...]) -> House:
    """The cinema in whose colours the page is: the one that shows the film, where it is one alone."""
    slugs = {showing.cinema_slug for showing in showings}
    alone = [house for house in houses if {house.slug} == slugs]
    return alone[0] if alone else default_house()


def _by_day(
    showings: list[Showing], houses: tuple[House, ...]
) -> list[tuple[date, list[tuple[House, list[Times]]]]]:
    """Day by day, and cinema by cinema there."""
    return [
        (
            day,
            [
                (house, by_manner(in_house))
                for house in houses
                if (in_house := [showing for showing in of_day if showing.cinema_slug == house.slug])
            ],
        )
        for day, of_day in grouped(showings, lambda showing: showing.day).items()
    ]


def _today(showings: list[Showing], *, now_zone: str) -> date:
    zone = showings[0].timezone if showings else now_zone
    return clock.now().astimezone(ZoneInfo(zone)).date()


def _trailer(film: ShownFilm) -> tuple[str, str] | None:
    """The address of the trailer and the site that it is on; nothing that is no address for a browser."""
    try:
        parts = urlsplit(film.trailer_url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return film.trailer_url, parts.hostname.removeprefix("www.")


def _description(film: ShownFilm) -> str:
    """The beginning of the synopsis, on one line."""
    text = " ".join(film.synopsis.split())
    if len(text) <= DESCRIPTION_CHARACTERS_MAX:
        return text
    return text[:DESCRIPTION_CHARACTERS_MAX].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
