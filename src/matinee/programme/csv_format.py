"""Reading films, screenings and prices from CSV. The columns of the first line tell which of them a file holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from matinee.programme.errors import FaultyFile
from matinee.programme.fields import (
    parse_day,
    parse_line,
    parse_minutes,
    parse_text,
    parse_time,
    parse_title,
    parse_url,
)
from matinee.programme.labels import parse_seat_label, shown
from matinee.programme.models import STANDARD_ZONE
from matinee.programme.schedule import FilmDetails, PlannedPrice, PlannedScreening, Schedule

FILM_COLUMNS = ({"title", "duration"}, {"trailer", "poster", "rating", "synopsis"})
SCREENING_COLUMNS = (
    {"date", "time", "title", "hall"},
    {"duration", "price_list", "price", "house_seats"},
)
PRICE_COLUMNS = ({"price_list", "amount"}, {"zone", "ticket_type"})
ROWS_MAX = 200_000

Row = dict[str, str]
Item = TypeVar("Item")


def read_csv(data: bytes, *, file_name: str) -> Schedule:
    """What the file holds. Raises FaultyFile with every problem found: the file, the line and the film of each."""
    columns, rows = _load(data, file_name)
    for (required, optional), read in (
        (SCREENING_COLUMNS, _screenings),
        (FILM_COLUMNS, _films),
        (PRICE_COLUMNS, _prices),
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


def format_prices(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Price list, zone, ticket type and amount of each row as CSV that `read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("price_list", "zone", "ticket_type", "amount"))
    writer.writerows(rows)
    return text.getvalue()


def _load(data: bytes, file_name: str) -> tuple[list[str], list[tuple[int, Row]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyFile([f"{file_name}: it is not UTF-8 text (at byte {error.start + 1})"]) from None
    # Spreadsheets of half the world write semicolons.
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[str] = []
    rows: list[tuple[int, Row]] = []
    columns: list[str] = []
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        if len(set(columns)) < len(columns):
            raise FaultyFile([f"{file_name}, line 1: a column stands twice"])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                problems.append(
                    f"{file_name}, line {reader.line_num}: it has {len(cells)} values for {len(columns)} columns"
                )
                continue
            rows.append((reader.line_num, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        problems.append(f"{file_name}, line {reader.line_num}: it is not CSV ({error})")
    if len(rows) > ROWS_MAX:
        problems.append(f"{file_name}: it has more than {ROWS_MAX} lines; import it in parts")
    if not rows and not problems:
        problems.append(
            f"{file_name}: it holds nothing but the names of columns"
            if columns
            else f"{file_name}: it is empty"
        )
    if problems:
        raise FaultyFile(problems)
    return columns, rows


def _each(rows: list[tuple[int, Row]], file_name: str, read: Callable[[Row, str], Item]) -> tuple[Item, ...]:
    found: list[Item] = []
    problems: list[str] = []
    for line, row in rows:
        title = row.get("title", "").strip()
        where = f"{file_name}, line {line}" + (f", film {shown(title)}" if title else "")
        if title and row.get("time"):
            where += f" on {row['date'].strip()[:20]} at {row['time'].strip()[:20]} in {shown(row['hall'].strip())}"
        try:
            found.append(read(row, where))
        except ValueError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise FaultyFile(problems)
    return tuple(found)


def _films(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    return Schedule(file_name, films=_each(rows, file_name, _film))


def _film(row: Row, _where: str) -> FilmDetails:
    return FilmDetails(
        title=parse_title(row["title"]),
        duration_minutes=_minutes(row["duration"]),
        trailer_url=parse_url(row.get("trailer"), what="trailer"),
        poster_url=parse_url(row.get("poster"), what="poster"),
        certificate=parse_line(row.get("rating"), what="rating", characters_max=20, required=False),
        synopsis=parse_text(row.get("synopsis"), what="synopsis", characters_max=10_000, required=False),
    )


def _screenings(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    screenings = _each(rows, file_name, _screening)
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
        hall=parse_line(row["hall"], what="hall", characters_max=100),
        house_labels=None if house is None else frozenset(parse_seat_label(label) for label in house.split()),
        states_price="price_list" in row or "price" in row,
        price_list=price_list,
        price=price,
    )


def _prices(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    prices = _each(rows, file_name, _price)
    seen: set[tuple[str, str, str | None]] = set()
    problems = []
    for planned in prices:
        key = (planned.price_list, planned.zone, planned.ticket_type)
        if key in seen:
            problems.append(f"{planned.where}: the list says twice what this zone and ticket type cost")
        seen.add(key)
    if problems:
        raise FaultyFile(problems)
    return Schedule(file_name, prices=prices)


def _price(row: Row, where: str) -> PlannedPrice:
    zone = parse_line(row.get("zone"), what="zone", characters_max=40, required=False)
    kind = parse_line(row.get("ticket_type"), what="ticket type", characters_max=40, required=False)
    return PlannedPrice(
        where=where,
        price_list=parse_line(row["price_list"], what="price list", characters_max=100),
        zone=zone or STANDARD_ZONE,
        ticket_type=kind or None,
        amount=row["amount"],
    )


def _minutes(text: str) -> int:
    return parse_minutes(int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else text)
