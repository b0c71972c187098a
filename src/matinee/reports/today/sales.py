"""What is sold in a day, hour by hour: tickets that count as sold since then, less those that came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.programme.models import Screening
from matinee.reports.today.clock_hours import HOURS, CutDay, quarter_of


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
    for hour, whole, before in _quarters(session, cinema_id, day, Ticket.sold_at):
        found.hours[hour].add(whole.tickets, whole.amount)
        found.sold.add(whole.tickets, whole.amount)
        found.sold_before.add(before.tickets, before.amount)
    for hour, whole, before in _quarters(session, cinema_id, day, Ticket.returned_at):
        found.hours[hour].add(-whole.tickets, -whole.amount)
        found.returned.add(whole.tickets, whole.amount)
        found.returned_before.add(before.tickets, before.amount)
    return found


def _quarters(session: Session, cinema_id: int, day: CutDay, moment: Any) -> Iterator[tuple[int, Sum, Sum]]:
    """For each quarter of an hour: the hour on the wall, what happened in it, and what of that before the cut."""
    cinema = (
        select(Screening.cinema_id)
        .where(Screening.id == Ticket.screening_id)
        .correlate(Ticket)
        .scalar_subquery()
    )
    amount = Ticket.amount + Ticket.fee_amount
    is_before = moment < day.cut_at
    quarter = quarter_of(moment)
    rows = session.execute(
        select(
            quarter,
            func.count(),
            func.sum(amount),
            func.sum(case((is_before, 1), else_=0)),
            func.sum(case((is_before, amount), else_=0)),
        )
        .where(day.holds(moment), cinema == cinema_id)
        .group_by(quarter)
    )
    for number, tickets, taken, tickets_before, taken_before in rows:
        yield day.hour_of(number), Sum(tickets, int(taken)), Sum(int(tickets_before), int(taken_before))


def _less(one: Sum, other: Sum) -> Sum:
    return Sum(one.tickets - other.tickets, one.amount - other.amount)
