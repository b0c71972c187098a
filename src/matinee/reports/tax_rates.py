"""The tax that is in a price. It is worked out for each ticket by itself and rounded there, so that figures add up however
they are grouped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from matinee.programme.models import Cinema, TaxRate
from matinee.reports.periods import beginning_of


def tax_in(amount: int, basis_points: int) -> int:
    """The tax that is in `amount` (minor units, not negative), rounded half up to the minor unit."""
    whole = 10_000 + basis_points
    return (2 * amount * basis_points + whole) // (2 * whole)


@dataclass(frozen=True, slots=True)
class TaxRates:
    """The rates of a cinema, in hundredths of a per cent, each from a moment on. Before the first there is none."""

    steps: Sequence[tuple[datetime, int]]

    def at(self, moment: datetime) -> int:
        """The rate for what is sold at this moment."""
        place = bisect_right([begin for begin, _rate in self.steps], moment)
        return self.steps[place - 1][1] if place else 0

    def of(self, column: Any) -> ColumnElement[int]:
        """As `at`, in SQL."""
        none: ColumnElement[int] = literal(0, Integer)
        if not self.steps:
            return none
        later = [(column >= begin, literal(rate, Integer)) for begin, rate in reversed(self.steps)]
        return case(*later, else_=none)


def tax_rates_of(session: Session, *, cinema: Cinema) -> TaxRates:
    """The rates of a cinema; each begins with its day on the cinema's wall."""
    rows = session.execute(
        select(TaxRate.valid_from, TaxRate.basis_points)
        .where(TaxRate.cinema_id == cinema.id)
        .order_by(TaxRate.valid_from)
    )
    return TaxRates([(beginning_of(day, zone=cinema.timezone), rate) for day, rate in rows])
