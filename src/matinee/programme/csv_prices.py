"""Price lists as CSV: one amount to a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from matinee.programme.csv_rows import Row, read_each
from matinee.programme.errors import FaultyFile
from matinee.programme.fields import (
    PRICE_LIST_CHARACTERS_MAX,
    TICKET_TYPE_CHARACTERS_MAX,
    ZONE_CHARACTERS_MAX,
    parse_line,
)
from matinee.programme.models import STANDARD_ZONE
from matinee.programme.schedule import PlannedPrice, Schedule
from matinee.programme.validity import Validity, parse_validity

VALIDITY_COLUMNS = ("weekdays", "from", "until")
PRICE_COLUMNS = ({"price_list", "amount"}, {"zone", "ticket_type", *VALIDITY_COLUMNS})


def read_prices(rows: list[tuple[int, Row]], file_name: str) -> Schedule:
    """The price lists of a file. Raises FaultyFile."""
    prices = read_each(rows, file_name, _price)
    seen: set[tuple[str, str, str | None]] = set()
    problems = []
    for planned in prices:
        key = (planned.price_list, planned.zone, planned.ticket_type)
        if key in seen:
            problems.append(f"{planned.where}: the list says twice what this zone and ticket type cost")
        seen.add(key)
    validities = _validities(prices, problems)
    if problems:
        raise FaultyFile(problems)
    valid = tuple(replace(planned, validity=validities.get(planned.price_list)) for planned in prices)
    return Schedule(file_name, prices=valid)


def format_prices(rows: Iterable[tuple[str, ...]]) -> str:
    """Price list, zone, ticket type, amount, weekdays, from and until of each row as CSV that `read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("price_list", "zone", "ticket_type", "amount", *VALIDITY_COLUMNS))
    writer.writerows(rows)
    return text.getvalue()


def _price(row: Row, where: str) -> PlannedPrice:
    zone = parse_line(row.get("zone"), what="zone", characters_max=ZONE_CHARACTERS_MAX, required=False)
    kind = parse_line(
        row.get("ticket_type"), what="ticket type", characters_max=TICKET_TYPE_CHARACTERS_MAX, required=False
    )
    states_validity = any(column in row for column in VALIDITY_COLUMNS)
    weekdays, begins, ends = (row.get(column, "") for column in VALIDITY_COLUMNS)
    return PlannedPrice(
        where=where,
        price_list=parse_line(row["price_list"], what="price list", characters_max=PRICE_LIST_CHARACTERS_MAX),
        zone=zone or STANDARD_ZONE,
        ticket_type=kind or None,
        amount=row["amount"],
        validity=parse_validity(weekdays, begins, ends) if states_validity else None,
    )


def _validities(prices: Sequence[PlannedPrice], problems: list[str]) -> dict[str, Validity]:
    """When each list is valid: what one of its rows says; the others say the same, or nothing."""
    found: dict[str, Validity] = {}
    for planned in prices:
        if planned.validity is None:
            continue
        known = found.setdefault(planned.price_list, planned.validity)
        if known == Validity():
            found[planned.price_list] = planned.validity
        elif planned.validity not in (known, Validity()):
            problems.append(
                f"{planned.where}: the list is valid {planned.validity}, and another line says {known}"
            )
    return found
