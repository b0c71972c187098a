"""Reading the schedule format: a JSON object from dates to films with their free seats.

`{"2026.11.24": {"films": [{"title": ..., "duration": ..., "trailer": ..., "aviableTikets": [1, 2], "beginTime": "10:00"}]}}`
Beside these, a film may have the keys of OPTIONAL_KEYS. docs/importing.md describes the format.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import (
    CERTIFICATE_CHARACTERS_MAX,
    HALL_NAME_CHARACTERS_MAX,
    PRICE_LIST_CHARACTERS_MAX,
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

REQUIRED_KEYS = ("title", "duration", "aviableTikets", "beginTime")
OPTIONAL_KEYS = (
    "trailer", "hall", "houseSeats", "priceList", "price", "poster", "rating", "synopsis", "format", "language",
    "subtitles", "accessFeatures",
)  # fmt: skip


class _Object(dict[str, Any]):
    """A JSON object that knows which of its keys stood in it more than once."""

    repeated: str | None = None


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object()
    for key, value in pairs:
        if key in made:
            made.repeated = key
        made[key] = value
    return made


def read_days(data: bytes, *, file_name: str) -> Schedule:
    """What the file holds. Raises FaultyFile with every problem found: the file, the day and the film of each."""
    content = _load(data, file_name)
    problems: list[str] = []
    if content.repeated is not None:
        problems.append(f"{file_name}, {content.repeated}: the day stands twice")
    ignored: Counter[str] = Counter()
    screenings: list[PlannedScreening] = []
    seen: dict[date, str] = {}
    for written, entry in content.items():
        where = f"{file_name}, {shown(written)[1:-1]}"
        try:
            day = parse_day(written)
            if day in seen:
                raise ValueError(f"the day stands twice, as {seen[day]} and {written}")
            films = _films_of(entry)
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        seen[day] = written
        screenings += _read_films(films, day, where, problems, ignored)
    if not content:
        problems.append(f"{file_name}: it holds no days and no films")
    if problems:
        raise FaultyFile(problems)
    films_found = tuple({planned.film: None for planned in screenings if planned.film})
    return Schedule(file_name, films_found, tuple(screenings), makes_halls=True, ignored_keys=ignored)


def _load(data: bytes, file_name: str) -> _Object:
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise FaultyFile([f"{file_name}: it is not UTF-8 text (at byte {error.start + 1})"]) from None
    except json.JSONDecodeError as error:
        raise FaultyFile(
            [f"{file_name}: it is not JSON (line {error.lineno}, column {error.colno}: {error.msg})"]
        ) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise FaultyFile(
            [f"{file_name}: it holds a number that is too long, or is nested too deeply"]
        ) from None
    if not isinstance(content, _Object):
        raise FaultyFile([f"{file_name}: it must be an object from dates to films, not {shown(content)}"])
    return content


def _films_of(entry: object) -> list[Any]:
    if not isinstance(entry, _Object) or not isinstance(entry.get("films"), list):
        raise ValueError('it must be an object with a list "films"')
    if not entry["films"]:
        raise ValueError("it has no films")
    films: list[Any] = entry["films"]
    return films


def _read_films(
    films: list[Any], day: date, where: str, problems: list[str], ignored: Counter[str]
) -> list[PlannedScreening]:
    """The films of one day; what is wrong goes to `problems`."""
    found: list[PlannedScreening] = []
    taken: dict[tuple[str, str], list[str | None]] = {}
    for position, entry in enumerate(films, start=1):
        name = f"{where}, {_name_of(entry, position)}"
        try:
            planned = _read_film(entry, day, name)
            halls = taken.setdefault((planned.title, planned.time), [])
            # In two halls that are named, the same film may well begin at one time.
            if halls and (planned.hall is None or planned.hall in halls or None in halls):
                raise ValueError(f"it stands there twice at {planned.time}")
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        halls.append(planned.hall)
        ignored.update(key for key in entry if key not in REQUIRED_KEYS + OPTIONAL_KEYS)
        found.append(planned)
    return found


def _name_of(entry: object, position: int) -> str:
    if (
        not isinstance(entry, _Object)
        or not isinstance(entry.get("title"), str)
        or not entry["title"].strip()
    ):
        return f"film {position}"
    at = entry.get("beginTime")
    return f"film {shown(entry['title'].strip())}" + (f" at {shown(at)[1:-1]}" if isinstance(at, str) else "")


def _read_film(entry: object, day: date, where: str) -> PlannedScreening:
    if not isinstance(entry, _Object):
        raise ValueError(f"it is {shown(entry)}, not an object")
    if entry.repeated is not None:
        raise ValueError(f"its key {shown(entry.repeated)} stands twice")
    missing = [key for key in REQUIRED_KEYS if key not in entry]
    if missing:
        raise ValueError(f"it has no {' and no '.join(missing)}")
    film = FilmDetails(
        title=parse_title(entry["title"]),
        duration_minutes=parse_minutes(entry["duration"]),
        trailer_url=parse_url(entry.get("trailer"), what="trailer"),
        poster_url=parse_url(entry.get("poster"), what="poster"),
        certificate=parse_line(
            entry.get("rating"), what="rating", characters_max=CERTIFICATE_CHARACTERS_MAX, required=False
        ),
        synopsis=parse_text(
            entry.get("synopsis"), what="synopsis", characters_max=SYNOPSIS_CHARACTERS_MAX, required=False
        ),
    )
    free = _read_labels(entry["aviableTikets"], "aviableTikets")
    house = _read_labels(entry["houseSeats"], "houseSeats") if "houseSeats" in entry else None
    if house is not None and (both := free & house):
        raise ValueError(f"seat {min(both)} is both free and kept by the house")
    return PlannedScreening(
        where=where,
        day=day,
        time=parse_time(entry["beginTime"]),
        title=film.title,
        film=film,
        duration_minutes=film.duration_minutes,
        hall=_optional_line(entry, "hall", HALL_NAME_CHARACTERS_MAX),
        free_labels=free,
        house_labels=house,
        states_price="priceList" in entry or "price" in entry,
        price_list=_optional_line(entry, "priceList", PRICE_LIST_CHARACTERS_MAX),
        price=_optional_price(entry.get("price")),
        format=parse_format(entry["format"]) if "format" in entry else None,
        language=_optional_language(entry, "language"),
        subtitles=_optional_language(entry, "subtitles"),
        access_features=parse_access_features(entry["accessFeatures"]) if "accessFeatures" in entry else None,
    )


def _optional_price(value: object) -> int | None:
    # As the API writes a price; 7.5 would leave open which money is meant.
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(f"its price is {shown(value)}, not a whole number of minor units (750 for 7.50)")
    return value


def _optional_language(entry: _Object, key: str) -> str | None:
    return parse_language(entry[key], what=key) if key in entry else None


def _optional_line(entry: _Object, key: str, characters_max: int) -> str | None:
    return parse_line(entry.get(key), what=key, characters_max=characters_max, required=False) or None


def _read_labels(value: object, key: str) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError(f"its {key} is {shown(value)}, not a list of seats")
    labels: set[str] = set()
    for entry in value:
        label = parse_seat_label(entry)
        if label in labels:
            raise ValueError(f"seat {label} stands twice in its {key}")
        labels.add(label)
    return frozenset(labels)
