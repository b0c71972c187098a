"""What is sold in a day, hour by hour: tickets that count as sold since then, less those that came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.programme.models import Screening
from matinee.reports.today.clock_hours import HOURS, CutDay


@dataclass(slots=True)
class Sum:
    """Tickets, and what they cost with their fees, in minor units."""

    tickets: int = 0
    amount: int = 0

    def add(self, tickets: int, amount: int) -> None:
        """Count more of them; below zero: fewer."""
        self.tickets += tickets
        self.amount += amount


@dataclass(slots=True)
class DaySales:
    """The sales of a day of a cinema. `hours`: sold less returned, by the hour on the wall at which either happened."""

    hours: list[Sum] = field(default_factory=lambda: [Sum() for _ in range(HOURS)])
    sold: Sum = field(default_factory=Sum)
    returned: Sum = field(default_factory=Sum)
    # The same up to the cut.
    sold_before: Sum = field(default_factory=Sum)
    returned_before: Sum = field(default_factory=Sum)

    @property
    def net(self) -> Sum:
        """Of the whole day: sold less returned."""
        return _less(self.sold, self.returned)

    @property
    def net_before(self) -> Sum:
        """The same up to the cut."""
        return _less(self.sold_before, self.returned_before)


def sales_of(session: Session, *, cinema_id: int, day: CutDay) -> DaySales:
    """What was sold and what came back in a day, whichever screenings the tickets are for."""
    found = DaySales()
    for place, tickets, amount in _pieces(session, cinema_id, day, Ticket.sold_at):
        found.hours[day.hour_of(place)].add(tickets, amount)
        found.sold.add(tickets, amount)
        if day.is_before_cut(place):
            found.sold_before.add(tickets, amount)
    for place, tickets, amount in _pieces(session, cinema_id, day, Ticket.returned_at):
        found.hours[day.hour_of(place)].add(-tickets, -amount)
        found.returned.add(tickets, amount)
        if day.is_before_cut(place):
            found.returned_before.add(tickets, amount)
    return found


def _pieces(session: Session, cinema_id: int, day: CutDay, moment: Any) -> Iterator[tuple[int, int, int]]:
    """Which piece of the day, how many tickets, what they cost."""
    cinema = (
        select(Screening.cinema_id)
        .where(Screening.id == Ticket.screening_id)
        .correlate(Ticket)
        .scalar_subquery()
    )
    # Grouped outside: PostgreSQL does not see that an expression with values in it is the same as another.
    each = (
        select(day.place_of(moment).label("place"), (Ticket.amount + Ticket.fee_amount).label("amount"))
        .where(day.holds(moment), cinema == cinema_id)
        .subquery()
    )
    rows = session.execute(select(each.c.place, func.count(), func.sum(each.c.amount)).group_by(each.c.place))
    for place, tickets, amount in rows:
        yield place, tickets, int(amount)


def _less(one: Sum, other: Sum) -> Sum:
    return Sum(one.tickets - other.tickets, one.amount - other.amount)
