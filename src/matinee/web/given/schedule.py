"""The days as the API as given writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import json
from sqlalchemy.orm import Session

from matinee.boxoffice.claimed_text import claimed_text, claimed_text_directly
from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Cinema, Screening
from matinee.programme.queries import (
    cinema_by_slug,
    default_cinema,
    house_seats_by_screening,
    prices_from,
    screenings_between,
    seats_by_hall,
)
from matinee.web.given.present import seat_number
from matinee.web.given.shown import Gaps, Seats, Shown
from matinee.web.shared.services import Services

# None: nothing is shown on that day.
Part = TypeVar("Part", bound=Shown | None)


def day_answer(services: Services, *, cinema: str | None, day: date, now: datetime) -> bytes | None:
    """The body of `/getDay`, or None where nothing is shown on that day. Raises CinemaNotFound."""

    def read(session: Session) -> Shown | None:
        place = _cinema(session, cinema)
        screenings = [] if place is None else screenings_between(
            session, cinema_id=place.id, first_day=day, last_day=day
        )  # fmt: skip
        if place is None or not screenings:
            return None
        gaps = Gaps()
        return gaps.serialised({"message": "success", "day": _films(session, place, screenings, gaps)})

    shown, claimed = _read(services, (cinema, day), read, now)
    return None if shown is None else shown.body(claimed)


def schedule_answer(services: Services, *, cinema: str | None, now: datetime) -> bytes:
    """The body of `/fullSchedule`: the days from today on, today by the clock of the cinema. Raises CinemaNotFound."""

    def read(session: Session) -> Shown:
        place = _cinema(session, cinema)
        days: dict[str, list[dict[str, object]]] = {}
        gaps = Gaps()
        if place is not None:
            today = now.astimezone(ZoneInfo(place.timezone)).date()
            screenings = screenings_between(session, cinema_id=place.id, first_day=today, last_day=None)
            films = _films(session, place, screenings, gaps)
            for screening, film in zip(screenings, films, strict=True):
                days.setdefault(screening.day.isoformat(), []).append(film)
        return gaps.serialised({"message": "success", "schedule": days})

    shown, claimed = _read(services, cinema, read, now)
    return shown.body(claimed)


def _read(
    services: Services, key: object, read: Callable[[Session], Part], now: datetime
) -> tuple[Part, dict[int, str]]:
    """What `read` gives, or gave before nothing but claims changed, and the claims of its screenings."""
    found: tuple[Part, dict[int, str]] = services.kept_parts.with_claims(
        key,
        services.reader,
        read,
        claims_in=lambda session, shown: _claims_in(session, shown, now),
        claims_alone=lambda shown: _claims(services, shown, now),
    )
    return found


def _claims(services: Services, shown: Shown | None, now: datetime) -> dict[int, str]:
    # A standby is asked in a session: it must be in step.
    if shown is None or services.direct is None or services.reader is not services.transactions:
        return services.reader.read(lambda session: _claims_in(session, shown, now))
    return claimed_text_directly(services.direct, screening_ids=shown.screening_ids, now=now)


def _claims_in(session: Session, shown: Shown | None, now: datetime) -> dict[int, str]:
    return {} if shown is None else claimed_text(session, screening_ids=shown.screening_ids, now=now)


def _cinema(session: Session, slug: str | None) -> Cinema | None:
    if slug is not None:
        return cinema_by_slug(session, slug)
    try:
        return default_cinema(session)
    except CinemaNotFound:
        return None  # nothing was entered yet: there is simply no day


def _films(
    session: Session, cinema: Cinema, screenings: Sequence[Screening], gaps: Gaps
) -> list[dict[str, object]]:
    seats = _seats_to_sell(session, screenings)
    prices = prices_from(session, screenings)
    return [
        {
            "title": screening.film.title,
            "duration": screening.film.duration_minutes,
            "trailer": screening.film.trailer_url,
            "beginTime": screening.time,
            "aviableTikets": gaps.mark(screening.id, seats[screening.id]),
            "screening": screening.id,
            "hall": screening.hall.name,
            "price": prices.get(screening.price_list_id, 0) if screening.price_list_id is not None else 0,
            "currency": cinema.currency,
            "poster": screening.film.poster_url,
            "rating": screening.film.certificate,
        }
        for screening in screenings
    ]


def _seats_to_sell(session: Session, screenings: Sequence[Screening]) -> dict[int, Seats]:
    """Of each screening."""
    halls = seats_by_hall(session, sorted({screening.hall_id for screening in screenings}))
    house = house_seats_by_screening(session, [screening.id for screening in screenings])
    # Once for each hall: a schedule of two weeks names each seat many times.
    numbers = {
        hall_id: [(str(seat.id), json.dumps(seat_number(seat.label))) for seat in of_hall]
        for hall_id, of_hall in halls.items()
    }
    found: dict[int, Seats] = {}
    for screening in screenings:
        of_hall, kept_back = numbers[screening.hall_id], {str(seat_id) for seat_id in house[screening.id]}
        found[screening.id] = [seat for seat in of_hall if seat[0] not in kept_back] if kept_back else of_hall
    return found
