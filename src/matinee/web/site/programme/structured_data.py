"""What search engines are told of cinemas, films and screenings: schema.org as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from matinee.boxoffice.showings import Showing, ShownFilm
from matinee.kernel.money import minor_digits
from matinee.web.shared.house import House, every_house
from matinee.web.shared.poster_addresses import poster_address
from matinee.web.shared.services import services
from matinee.web.site.blueprint import full_url
from matinee.web.site.programme.listing import manner_of
from matinee.web.site.programme.names import access_names, tags_of

SCHEMA = "https://schema.org"
# Of a film; search engines look at the next ones.
EVENTS_MAX = 30
_AVAILABILITY = {
    "available": "InStock",
    "few_left": "LimitedAvailability",
    "sold_out": "SoldOut",
    "closed": "Discontinued",
}

Data = dict[str, Any]


def json_ld(data: Data) -> Markup:
    """As it stands in a script of a page: nothing in it can end the script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - what would be markup is escaped above


def describe_cinema(house: House) -> Data:
    """A cinema on its own page."""
    return {"@context": SCHEMA, **_theater(house)}


def describe_film(film: ShownFilm, showings: Iterable[Showing]) -> Data:
    """A film and its next screenings."""
    url = full_url("film", film_id=film.id)
    movie: Data = {
        "@type": "Movie",
        "@id": f"{url}#film",
        "name": film.title,
        "url": url,
        "duration": _duration(film),
        "image": poster_address(film, whole=True),
        "description": film.synopsis,
        "contentRating": film.certificate,
    }
    theaters = {house.slug: _theater(house) for house in every_house()}
    events = [
        _event(movie, showing, theaters[showing.cinema_slug])
        for showing in islice(showings, EVENTS_MAX)
        if showing.cinema_slug in theaters
    ]
    return {"@context": SCHEMA, "@graph": [_said(movie), *events]}


def _event(movie: Data, showing: Showing, theater: Data) -> Data:
    zone = ZoneInfo(showing.timezone)
    return _said(
        {
            "@type": "ScreeningEvent",
            "name": movie["name"],
            "description": ", ".join([*tags_of(manner_of(showing)), *access_names(showing.access)]),
            "startDate": showing.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "endDate": showing.ends_at.astimezone(zone).isoformat(timespec="minutes"),
            "eventStatus": f"{SCHEMA}/EventScheduled",
            "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
            "location": theater,
            "workPresented": {"@id": movie["@id"]},
            "image": movie["image"],
            "inLanguage": showing.language,
            "subtitleLanguage": showing.subtitles,
            "videoFormat": showing.format,
            "offers": _offer(showing),
        }
    )


def _offer(showing: Showing) -> Data:
    if showing.price_from is None:
        return {}
    value = Decimal(showing.price_from).scaleb(-minor_digits(showing.currency))
    return {
        "@type": "Offer",
        "url": full_url("screening", screening_id=showing.id),
        "price": f"{value:f}",
        "priceCurrency": showing.currency,
        "availability": f"{SCHEMA}/{_AVAILABILITY[showing.state]}",
    }


def _theater(house: House) -> Data:
    url = full_url("cinema", slug=house.slug)
    return _said(
        {
            "@type": "MovieTheater",
            "@id": f"{url}#cinema",
            "name": house.name,
            "url": url,
            "address": ", ".join(house.address.splitlines()),
            "telephone": house.phone,
            "email": house.email,
            "logo": services().base_url + house.logo_url if house.logo_url else "",
        }
    )


def _duration(film: ShownFilm) -> str:
    hours, minutes = divmod(timedelta(minutes=film.duration_minutes) // timedelta(minutes=1), 60)
    return f"PT{hours}H{minutes}M"


def _said(data: Data) -> Data:
    """Without what is empty."""
    return {name: value for name, value in data.items() if value not in ("", {})}
