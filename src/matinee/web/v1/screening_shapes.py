"""A screening as the API tells it, alone and in lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, cast, get_args

from pydantic import Field
from sqlalchemy.orm import Session

from matinee.boxoffice.availability import Availability, availability_of
from matinee.programme.layout_versions import layout_version
from matinee.programme.models import Screening
from matinee.programme.queries import prices_from, seats_by_hall
from matinee.web.shared.images import image_url
from matinee.web.v1.layouts import HallShape, layout_url
from matinee.web.v1.shapes import Moment, Money, Shape, in_zone

AccessFeature = Literal["audio_description", "captions", "hearing_loop", "relaxed"]
EXAMPLE = {
    "id": 517,
    "cinema": "odeon",
    "film": {
        "id": 12,
        "title": "Nosferatu",
        "duration_minutes": 94,
        "certificate": "12",
        "poster_url": "https://www.example.org/nosferatu.jpg",
    },
    "hall": {"id": 3, "name": "Hall 1"},
    "starts_at": "2030-05-18T19:00:00+03:00",
    "ends_at": "2030-05-18T20:34:00+03:00",
    "day": "2030-05-18",
    "format": "35 mm",
    "language": "de",
    "subtitles": "uk",
    "access_features": ["captions"],
    "price_from": {"amount": 15000, "currency": "UAH"},
    "availability": {"seats": 78, "free": 41, "state": "available"},
    "layout_url": "/api/v1/halls/3/layout?v=9f86d081884c7d65",
}


class FilmOfScreening(Shape):
    """What a list of screenings shows of a film."""

    id: int
    title: str
    duration_minutes: int
    certificate: str
    poster_url: str


class AvailabilityShape(Shape):
    """How many seats the public can still have."""

    seats: int = Field(description="That are for sale at all.")
    free: int
    state: Literal["available", "few_left", "sold_out", "closed", "cancelled"] = Field(
        description="`closed`: it is not on sale any more. `few_left`: the house is selling out."
    )


class ScreeningShape(Shape, example=EXAMPLE):
    """One showing of a film in a hall."""

    id: int
    cinema: str = Field(description="The slug of its cinema.")
    film: FilmOfScreening
    hall: HallShape
    starts_at: Moment
    ends_at: Moment = Field(description="Of the film.")
    day: date = Field(description="On the cinema's wall.")
    format: str = Field(description="`IMAX`, `3D`, ...; empty where nothing is said.")
    language: str = Field(description="Spoken language (BCP 47); empty where nothing is said.")
    subtitles: str = Field(description="Language of the subtitles (BCP 47); empty where there are none.")
    access_features: list[AccessFeature] = Field(
        description="What it offers to people who hear, see or sit differently."
    )
    price_from: Money | None = Field(
        description="The lowest price of the first ticket type; null where it has none."
    )
    availability: AvailabilityShape
    layout_url: str = Field(description="Where the layout of the hall is; what is there never changes.")


def present_screenings(
    session: Session, screenings: Sequence[Screening], *, now: datetime
) -> list[ScreeningShape]:
    """The screenings as the API tells them; their films, halls and cinemas must be loaded."""
    available = availability_of(session, screenings=screenings, now=now)
    prices = prices_from(session, screenings)
    seats = seats_by_hall(session, sorted({screening.hall_id for screening in screenings}))
    urls = {screening.hall_id: "" for screening in screenings}
    for screening in screenings:
        urls[screening.hall_id] = urls[screening.hall_id] or layout_url(
            screening.hall_id, layout_version(screening.hall, seats[screening.hall_id])
        )
    return [
        _present(
            screening,
            available[screening.id],
            0 if screening.price_list_id is None else prices.get(screening.price_list_id),
            urls[screening.hall_id],
        )
        for screening in screenings
    ]


def present_access_features(screening: Screening) -> list[AccessFeature]:
    """What a screening offers, as the API tells it."""
    known = {*get_args(AccessFeature)}
    return [cast(AccessFeature, word) for word in screening.access_features.split() if word in known]


def present_availability(found: Availability) -> AvailabilityShape:
    """An availability as the API tells it."""
    return AvailabilityShape(seats=found.seats, free=found.free, state=found.state)


def _present(screening: Screening, available: Availability, price: int | None, url: str) -> ScreeningShape:
    film, hall, cinema = screening.film, screening.hall, screening.hall.cinema
    return ScreeningShape(
        id=screening.id,
        cinema=cinema.slug,
        film=FilmOfScreening(
            id=film.id,
            title=film.title,
            duration_minutes=film.duration_minutes,
            certificate=film.certificate,
            poster_url=image_url(film.poster_name) or film.poster_url,
        ),
        hall=HallShape(id=hall.id, name=hall.name),
        starts_at=in_zone(screening.starts_at, cinema.timezone),
        ends_at=in_zone(screening.ends_at, cinema.timezone),
        day=screening.day,
        format=screening.format,
        language=screening.language,
        subtitles=screening.subtitles,
        access_features=present_access_features(screening),
        price_from=None if price is None else Money(amount=price, currency=cinema.currency),
        availability=present_availability(available),
        layout_url=url,
    )
