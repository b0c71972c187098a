"""Screenings to come as moviegoers are shown them: plain values that outlive the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.availability import State, availability_of
from matinee.programme.models import Film, Hall, Screening
from matinee.programme.outline import access_of, halls_with_wheelchair_places
from matinee.programme.queries import is_public, prices_from


@dataclass(frozen=True, slots=True)
class ShownFilm:
    """A film as it is shown."""

    id: int
    title: str
    duration_minutes: int
    certificate: str
    synopsis: str
    trailer_url: str
    # Of the uploaded poster.
    poster_name: str | None


@dataclass(frozen=True, slots=True)
class Showing:
    """A screening to come. `day` and the zone are those of the cinema's wall; `price_from` is in minor units."""

    id: int
    film: ShownFilm
    cinema_slug: str
    timezone: str
    currency: str
    hall: str
    day: date
    starts_at: datetime
    ends_at: datetime
    format: str
    language: str
    subtitles: str
    access: frozenset[str]
    # None: it is not for sale to everybody; 0: it is free of charge.
    price_from: int | None
    state: State

    @property
    def certificate(self) -> str:
        """That of the film."""
        return self.film.certificate


def coming_showings(
    session: Session,
    *,
    cinema_id: int | None = None,
    day: date | None = None,
    film_id: int | None = None,
    now: datetime,
) -> tuple[Showing, ...]:
    """The screenings that begin after `now`, ascending by their start; what is None does not narrow."""
    wanted = (
        select(Screening)
        .where(Screening.starts_at > now, is_public())
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at, Screening.id)
    )
    for column, value in (
        (Screening.cinema_id, cinema_id),
        (Screening.day, day),
        (Screening.film_id, film_id),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    screenings = session.scalars(wanted).all()
    states = availability_of(session, screenings=screenings, now=now)
    prices = prices_from(session, screenings)
    halls = halls_with_wheelchair_places(session, hall_ids={each.hall_id for each in screenings})
    return tuple(
        _showing(
            each,
            state=states[each.id].state,
            price_from=0 if each.price_list_id is None else prices.get(each.price_list_id),
            wheelchair=each.hall_id in halls,
        )
        for each in screenings
    )


def shown_film(film: Film) -> ShownFilm:
    """A film as it is shown."""
    return ShownFilm(
        film.id,
        film.title,
        film.duration_minutes,
        film.certificate,
        film.synopsis,
        film.trailer_url,
        film.poster_name,
    )


def _showing(screening: Screening, *, state: State, price_from: int | None, wheelchair: bool) -> Showing:
    cinema = screening.hall.cinema
    return Showing(
        id=screening.id,
        film=shown_film(screening.film),
        cinema_slug=cinema.slug,
        timezone=cinema.timezone,
        currency=cinema.currency,
        hall=screening.hall.name,
        day=screening.day,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        format=screening.format,
        language=screening.language,
        subtitles=screening.subtitles,
        access=access_of(screening.access_features, wheelchair),
        price_from=price_from,
        state=state,
    )
