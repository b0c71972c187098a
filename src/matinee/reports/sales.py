"""Sales: what was sold and what came back in some days, grouped as somebody wants to see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Cinema, Screening
from matinee.reports.names import Names, names_of
from matinee.reports.periods import Period
from matinee.reports.takings import Takings, together
from matinee.reports.ticket_groups import Comps, Keys, movement, type_of

Grouping = Literal["day", "month", "film", "hall", "type", "channel", "clerk", "screening"]
GROUPINGS: tuple[Grouping, ...] = ("day", "month", "film", "hall", "type", "channel", "clerk", "screening")


@dataclass(frozen=True, slots=True)
class SalesRow:
    """One row: what it is of, and what it comes to. `of`: a day, a month as its first day, a name, None where a ticket
    has no such thing, or of a screening its day, time, film and hall."""

    of: tuple[Any, ...]
    takings: Takings


@dataclass(frozen=True, slots=True)
class SalesReport:
    """The sales of a cinema in a period."""

    by: Grouping
    comps: Comps
    rows: Sequence[SalesRow]
    total: Takings


def sales_report(
    session: Session, *, cinema: Cinema, period: Period, by: Grouping, comps: Comps = "in"
) -> SalesReport:
    """What was sold less what came back, by the moments of selling and of coming back, in natural order of the rows.

    A ticket that comes back counts against the day on which it does, not the one on which it was sold.
    """
    found: dict[Any, Takings] = {}
    moved = movement(session, cinema=cinema, period=period, keys=_keys(cinema, period, by), comps=comps)
    for group in moved.sold:
        found.setdefault(_key(group.keys[0], by), Takings()).take(group)
    for group in moved.returned:
        found.setdefault(_key(group.keys[0], by), Takings()).take_back(group)
    names = names_of(session, by, found)
    rows = [SalesRow(names.of(key), takings) for key, takings in found.items()]
    return SalesReport(by, comps, _sorted(rows, names), together(found.values()))


def _keys(cinema: Cinema, period: Period, by: Grouping) -> Keys:
    keys: dict[Grouping, Callable[[Any], Any]] = {
        "day": period.day_of,
        "month": period.day_of,
        "film": lambda _moment: Screening.film_id,
        "hall": lambda _moment: Screening.hall_id,
        "type": lambda _moment: type_of(cinema),
        "channel": lambda _moment: Order.channel,
        "clerk": lambda _moment: Order.clerk_id,
        "screening": lambda _moment: Ticket.screening_id,
    }
    return lambda moment: (keys[by](moment),)


def _key(value: Any, by: Grouping) -> Any:
    return value.replace(day=1) if by == "month" else value


def _sorted(rows: Sequence[SalesRow], names: Names) -> list[SalesRow]:
    return sorted(rows, key=lambda row: names.place(row.of))
