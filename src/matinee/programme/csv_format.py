"""Reading films, screenings and prices from CSV. The columns of the first line tell which of them a file holds."""

from __future__ import annotations

import re

from matinee.programme.csv_prices import PRICE_COLUMNS, read_prices
from matinee.programme.csv_rows import Row, load_rows, read_each
from matinee.programme.errors import FaultyFile
from matinee.programme.fields import (
    CERTIFICATE_CHARACTERS_MAX,
    HALL_NAME_CHARACTERS_MAX,
    SYNOPSIS_CHARACTERS_MAX,
    parse_access_features,
    parse_day,
    parse_format,
    parse_language,
    parse_line,
    parse_minutes,
    parse_text,
    parse_time,
    parse_title,
    parse_url,
)
from matinee.programme.labels import parse_seat_label, shown
from matinee.programme.schedule import FilmDetails, PlannedScreening, Schedule

FILM_COLUMNS = ({"title", "duration"}, {"trailer", "poster", "rating", "synopsis"})
SCREENING_COLUMNS = (
    {"date", "time", "title", "hall"},
    {"duration", "price_list", "price", "house_seats", "format", "language", "subtitles", "access_features"},
)


def read_csv(data: bytes, *, file_name: str) -> Schedule:
    """What the file holds. Raises FaultyFile with every problem found: the file, the line and the film of each."""
    columns, rows = load_rows(data, file_name=file_name)
    for (required, optional), read in (
        (SCREENING_COLUMNS, _screenings),
        (FILM_COLUMNS, _films),
        (PRICE_COLUMNS, read_prices),
    ):
        if required <= set(columns):
            unknown = [column for column in columns if column not in required | optional]
            if unknown:
                raise FaultyFile([f"{file_name}, line 1: the column {shown(unknown[0])} is not known"])
            return read(rows, file_name)
    raise FaultyFile(
        [
            f"{file_name}, line 1: the columns must be those of films (title, duration), of screenings (date, time, title, "
            "hall) or of prices (price_list, amount)"
        ]
    )


def _films(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    return Schedule(file_name, films=read_each(rows, file_name, _film))


def _film(row: Row, _where: str) -> FilmDetails:
    return FilmDetails(
        title=parse_title(row["title"]),
        duration_minutes=_minutes(row["duration"]),
        trailer_url=parse_url(row.get("trailer"), what="trailer"),
        poster_url=parse_url(row.get("poster"), what="poster"),
        certificate=parse_line(
            row.get("rating"), what="rating", characters_max=CERTIFICATE_CHARACTERS_MAX, required=False
        ),
        synopsis=parse_text(
            row.get("synopsis"), what="synopsis", characters_max=SYNOPSIS_CHARACTERS_MAX, required=False
        ),
    )


def _screenings(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    screenings = read_each(rows, file_name, _screening)
    seen: dict[tuple[object, ...], str] = {}
    problems = []
    for planned in screenings:
        key = (planned.day, planned.time, planned.hall, planned.title)
        if key in seen:
            problems.append(f"{planned.where}: the same screening stands in {seen[key]}")
        seen.setdefault(key, planned.where)
    if problems:
        raise FaultyFile(problems)
    return Schedule(file_name, screenings=screenings)


def _screening(row: Row, where: str) -> PlannedScreening:
    price_list, price = (row.get(name, "").strip() or None for name in ("price_list", "price"))
    house = row.get("house_seats")
    return PlannedScreening(
        where=where,
        day=parse_day(row["date"]),
        time=parse_time(row["time"]),
        title=parse_title(row["title"]),
        duration_minutes=_minutes(row["duration"]) if row.get("duration", "").strip() else None,
        hall=parse_line(row["hall"], what="hall", characters_max=HALL_NAME_CHARACTERS_MAX),
        house_labels=None if house is None else frozenset(parse_seat_label(label) for label in house.split()),
        states_price="price_list" in row or "price" in row,
        price_list=price_list,
        price=price,
        format=parse_format(row["format"]) if "format" in row else None,
        language=_language(row, "language"),
        subtitles=_language(row, "subtitles"),
        access_features=parse_access_features(row["access_features"]) if "access_features" in row else None,
    )


def _language(row: Row, column: str) -> str | None:
    return parse_language(row[column], what=column) if column in row else None


def _minutes(text: str) -> int:
    return parse_minutes(int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else text)
