"""GET /feed.xml: what a cinema is going to show, as RSS 2.0: an item for each film."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from xml.etree import ElementTree as ET

from flask import request
from flask.typing import ResponseReturnValue

from matinee.boxoffice.showings import Showing
from matinee.kernel import clock
from matinee.languages.formats import moment_text
from matinee.web.shared.house import House, default_house, house_of
from matinee.web.shared.languages import _, page_language
from matinee.web.site.blueprint import full_url, page
from matinee.web.site.programme.lasting import lasting
from matinee.web.site.programme.listing import grouped
from matinee.web.site.programme.reading import showings_of_cinema

ATOM = "http://www.w3.org/2005/Atom"
CACHED_SECONDS = 900
TIMES_MAX = 12
ET.register_namespace("atom", ATOM)


@page("/feed.xml", access="everybody")
def feed() -> ResponseReturnValue:
    """`cinema`: a slug, else the default one."""
    asked = request.args.get("cinema")
    house = house_of(asked) if asked else default_house()
    showings = showings_of_cinema(house.id, now=clock.now())
    return lasting(
        _rss(house, showings), content_type="application/rss+xml; charset=utf-8", seconds=CACHED_SECONDS
    )


def _rss(house: House, showings: Iterable[Showing]) -> bytes:
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    language = page_language()
    home = (
        full_url("start", language=language)
        if house.is_default
        else full_url("cinema", language=language, slug=house.slug)
    )
    _add(channel, "title", f"{house.name}: {_('What’s on')}")
    _add(channel, "link", home)
    _add(channel, "description", _("Films and times at %(cinema)s.", cinema=house.name))
    _add(channel, "language", language)
    _add(channel, "ttl", str(CACHED_SECONDS // 60))
    own = full_url("feed", language=language, cinema=None if house.is_default else house.slug)
    ET.SubElement(channel, f"{{{ATOM}}}link", href=own, rel="self", type="application/rss+xml")
    for of_film in grouped(showings, lambda showing: showing.film.id).values():
        _add_film(channel, of_film, language)
    written: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _add_film(channel: ET.Element, showings: list[Showing], language: str) -> None:
    film = showings[0].film
    item = ET.SubElement(channel, "item")
    _add(item, "title", film.title)
    _add(item, "link", full_url("film", language=language, film_id=film.id))
    guid = _add(item, "guid", full_url("film", film_id=film.id))
    guid.set("isPermaLink", "true")
    times = [
        moment_text(showing.starts_at, showing.timezone, language) for showing in islice(showings, TIMES_MAX)
    ]
    text = f"{film.synopsis}\n\n{'; '.join(times)}".strip()
    _add(item, "description", text)


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = text
    return child
