"""Writing a cinema's programme in the schedule format.

The format names no hall: the importer spreads films over halls. Where that would not give the programme back as it is,
each film gets the further keys "hall" and "houseSeats".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.natural import natural_key
from matinee.programme.hall_assignment import assign_halls
from matinee.programme.hall_book import HallBook
from matinee.programme.labels import is_number
from matinee.programme.models import Cinema, PriceList, Screening
from matinee.programme.price_choice import AUTO
from matinee.programme.queries import house_seats_by_screening, screenings_between, seats_by_hall
from matinee.programme.schedule import FilmDetails, PlannedScreening, Schedule
from matinee.programme.screening_rows import PlacedScreening


@dataclass(frozen=True, slots=True)
class _Shown:
    """A screening with its seats, by label."""

    screening: Screening
    free: frozenset[str]
    house: frozenset[str]


def export_days(session: Session, *, cinema: Cinema) -> str:
    """The whole programme as JSON, a film to a line: days and times on the cinema's wall, seats that are not the house's.

    What was sold is no part of the programme: a sold seat is listed like a free one. Nor is what was cancelled.
    """
    shown = _load(session, cinema)
    plain = _spreads_to_itself(shown)
    names = select(PriceList.id, PriceList.name).where(PriceList.cinema_id == cinema.id)
    lists = dict(session.execute(names).all())
    days = []
    for day, of_day in groupby(shown, key=lambda each: each.screening.day):
        films = ",\n".join("    " + _json(_entry(each, lists, plain=plain)) for each in of_day)
        days.append(f'  {_json(f"{day:%Y.%m.%d}")}: {{"films": [\n{films}\n  ]}}')
    return "{\n" + ",\n".join(days) + "\n}\n" if days else "{}\n"


def _load(session: Session, cinema: Cinema) -> list[_Shown]:
    screenings = screenings_between(session, cinema_id=cinema.id, first_day=date.min, last_day=None)
    seats = seats_by_hall(session, {screening.hall_id for screening in screenings})
    house = house_seats_by_screening(session, [screening.id for screening in screenings])
    labels = {hall_id: {seat.id: seat.label for seat in in_hall} for hall_id, in_hall in seats.items()}
    return [
        _Shown(
            screening,
            frozenset(
                label
                for seat_id, label in labels[screening.hall_id].items()
                if seat_id not in house[screening.id]
            ),
            frozenset(labels[screening.hall_id][seat_id] for seat_id in house[screening.id]),
        )
        for screening in screenings
    ]


def _spreads_to_itself(shown: Sequence[_Shown]) -> bool:
    """Whether the importer would give the same halls and seats back without being told them."""
    placed = [
        PlacedScreening(_planned(each), 0, each.screening.starts_at, each.screening.ends_at) for each in shown
    ]
    names = [(each.day, each.time, each.title) for each in (one.planned for one in placed)]
    if len(set(names)) < len(names):
        return False
    book = HallBook(())
    if assign_halls(placed, [], book, Schedule("", makes_halls=True)):
        return False
    return all(
        spread.hall is not None
        and spread.hall.name == each.screening.hall.name
        and each.screening.hall.turnaround_minutes == 0
        and each.screening.adverts_minutes == 0
        and spread.hall.new_labels == each.free | each.house
        for spread, each in zip(placed, shown, strict=True)
    )


def _planned(each: _Shown) -> PlannedScreening:
    film = each.screening.film
    return PlannedScreening(
        where="",
        day=each.screening.day,
        time=each.screening.time,
        title=film.title,
        film=FilmDetails(film.title, film.duration_minutes, film.trailer_url),
        free_labels=each.free,
    )


def _entry(each: _Shown, lists: dict[int, str], *, plain: bool) -> dict[str, Any]:
    screening, film = each.screening, each.screening.film
    entry: dict[str, Any] = {
        "title": film.title,
        "duration": film.duration_minutes,
        "trailer": film.trailer_url,
        "aviableTikets": _written(each.free),
        "beginTime": screening.time,
    }
    if not plain:
        entry["hall"] = screening.hall.name
        entry["houseSeats"] = _written(each.house)
    if screening.price_list_by_time:
        entry["priceList"] = AUTO
    elif screening.price_list_id is not None:
        entry["priceList"] = lists[screening.price_list_id]
    for key, value in (
        ("poster", film.poster_url),
        ("rating", film.certificate),
        ("synopsis", film.synopsis),
        ("format", screening.format),
        ("language", screening.language),
        ("subtitles", screening.subtitles),
        ("accessFeatures", screening.access_features),
    ):
        if value:
            entry[key] = value
    return entry


def _written(labels: frozenset[str]) -> list[int | str]:
    return [int(label) if is_number(label) else label for label in sorted(labels, key=natural_key)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
