"""The tax that is in what was sold, by day or month and rate: of tickets, and of fees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from matinee.programme.models import Cinema
from matinee.reports.periods import Period
from matinee.reports.takings import Takings, together
from matinee.reports.ticket_groups import movement

Span = Literal["day", "month"]
SPANS: tuple[Span, ...] = ("day", "month")


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What was sold at one rate less what came back of it. `basis_points`: hundredths of a per cent."""

    # Of a month its first day.
    day: date
    basis_points: int
    takings: Takings


@dataclass(frozen=True, slots=True)
class TaxReport:
    """The tax of a cinema in a period."""

    by: Span
    rows: Sequence[TaxRow]
    # What each rate comes to in the whole period.
    rates: Sequence[tuple[int, Takings]]
    total: Takings


def tax_report(session: Session, *, cinema: Cinema, period: Period, by: Span) -> TaxReport:
    """By the day of selling or of coming back, and by the rate of the day of selling."""
    found: dict[tuple[date, int], Takings] = {}
    moved = movement(session, cinema=cinema, period=period, keys=lambda moment: (period.day_of(moment),))
    for groups, count in ((moved.sold, Takings.take), (moved.returned, Takings.take_back)):
        for group in groups:
            day: date = group.keys[0] if by == "day" else group.keys[0].replace(day=1)
            count(found.setdefault((day, group.basis_points), Takings()), group)
    rows = [
        TaxRow(day, rate, takings) for (day, rate), takings in sorted(found.items(), key=lambda one: one[0])
    ]
    rates = {row.basis_points for row in rows}
    per_rate = [
        (rate, together(row.takings for row in rows if row.basis_points == rate)) for rate in sorted(rates)
    ]
    return TaxReport(by, rows, per_rate, together(found.values()))
