"""The days as the API as given writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import json
from sqlalchemy.orm import Session

from matinee.boxoffice.queries import claimed_seats
from matinee.db.standby import Reader
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


def day_answer(reader: Reader, *, cinema: str | None, day: date, now: datetime) -> bytes | None:
    """The body of `/getDay`, or None where nothing is shown on that day. Raises CinemaNotFound."""

    def read(session: Session) -> bytes | None:
        place = _cinema(session, cinema)
        screenings = [] if place is None else screenings_between(
            session, cinema_id=place.id, first_day=day, last_day=day
        )  # fmt: skip
        if place is None or not screenings:
            return None
        return _serialised({"message": "success", "day": _films(session, place, screenings, now)})

    return reader.read(read)


def schedule_answer(reader: Reader, *, cinema: str | None, now: datetime) -> bytes:
    """The body of `/fullSchedule`: the days from today on, today by the clock of the cinema. Raises CinemaNotFound."""

    def read(session: Session) -> bytes:
        place = _cinema(session, cinema)
        days: dict[str, list[dict[str, object]]] = {}
        if place is not None:
            today = now.astimezone(ZoneInfo(place.timezone)).date()
            screenings = screenings_between(session, cinema_id=place.id, first_day=today, last_day=None)
            films = _films(session, place, screenings, now)
            for screening, film in zip(screenings, films, strict=True):
                days.setdefault(screening.day.isoformat(), []).append(film)
        return _serialised({"message": "success", "schedule": days})

    return reader.read(read)


def _cinema(session: Session, slug: str | None) -> Cinema | None:
    if slug is not None:
        return cinema_by_slug(session, slug)
    try:
        return default_cinema(session)
    except CinemaNotFound:
        return None  # nothing was entered yet: there is simply no day


def _films(
    session: Session, cinema: Cinema, screenings: Sequence[Screening], now: datetime
) -> list[dict[str, object]]:
    ids = [screening.id for screening in screenings]
    seats = seats_by_hall(session, sorted({screening.hall_id for screening in screenings}))
    house = house_seats_by_screening(session, ids)
    claimed = claimed_seats(session, screening_ids=ids, now=now)
    prices = prices_from(session, screenings)
    # Once for each hall: a schedule of two weeks names each seat many times.
    numbers = {
        hall_id: [(seat.id, seat_number(seat.label)) for seat in of_hall]
        for hall_id, of_hall in seats.items()
    }

    def free(screening: Screening) -> list[int | str]:
        taken = claimed[screening.id] | house[screening.id]
        return [number for seat_id, number in numbers[screening.hall_id] if seat_id not in taken]

    return [
        {
            "title": screening.film.title,
            "duration": screening.film.duration_minutes,
            "trailer": screening.film.trailer_url,
            "beginTime": screening.time,
            "aviableTikets": free(screening),
            "screening": screening.id,
            "hall": screening.hall.name,
            "price": prices.get(screening.price_list_id, 0) if screening.price_list_id is not None else 0,
            "currency": cinema.currency,
            "poster": screening.film.poster_url,
            "rating": screening.film.certificate,
        }
        for screening in screenings
    ]


def _serialised(body: dict[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"
