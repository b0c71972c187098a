"""The tax that is in every price of a cinema, from a day on. What was sold keeps the rate of its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import InvalidTaxRate, TaxRateExists, TaxRateNotFound, TaxRatePast
from matinee.programme.fields import check_year
from matinee.programme.locks import lock_cinema
from matinee.programme.models import Cinema, TaxRate

BASIS_POINTS_MAX = 10_000


def parse_rate(text: str) -> int:
    """Hundredths of a per cent, of a text such as "20" or "7.5". Raises InvalidTaxRate."""
    try:
        points = Decimal(text.strip().removesuffix("%").strip().replace(",", ".")) * 100
        if not (points.is_finite() and 0 <= points <= BASIS_POINTS_MAX and points == int(points)):
            raise InvalidOperation
    except ArithmeticError:
        raise InvalidTaxRate from None
    return int(points)


def tax_rates_of_cinema(session: Session, *, cinema_id: int) -> Sequence[TaxRate]:
    """The rates of a cinema, the first one first."""
    wanted = select(TaxRate).where(TaxRate.cinema_id == cinema_id).order_by(TaxRate.valid_from)
    return session.scalars(wanted).all()


def add_tax_rate(
    session: Session, *, cinema: Cinema, valid_from: date, basis_points: int, today: date
) -> TaxRate:
    """Let another rate be in the prices from a day on. `today`: on the cinema's wall.

    The first rate of a cinema may begin in the past: nothing was told of any tax before. Raises TaxRatePast, TaxRateExists,
    InvalidTaxRate.
    """
    lock_cinema(session, cinema)
    rates = tax_rates_of_cinema(session, cinema_id=cinema.id)
    try:
        check_year(valid_from)
    except ValueError as error:
        raise InvalidTaxRate(f"The day of the tax rate is not acceptable: {error}.") from None
    if not 0 <= basis_points <= BASIS_POINTS_MAX:
        raise InvalidTaxRate
    if any(rate.valid_from == valid_from for rate in rates):
        raise TaxRateExists
    if rates and valid_from < today:
        raise TaxRatePast
    made = TaxRate(cinema_id=cinema.id, valid_from=valid_from, basis_points=basis_points)
    session.add(made)
    session.flush()
    return made


def remove_tax_rate(session: Session, *, cinema: Cinema, valid_from: date, today: date) -> int:
    """Let a rate that has not begun yet never begin; return it, in hundredths of a per cent.

    Raises TaxRateNotFound, and TaxRatePast for one that has begun.
    """
    lock_cinema(session, cinema)
    found = session.get(TaxRate, (cinema.id, valid_from))
    if found is None:
        raise TaxRateNotFound
    if valid_from <= today:
        raise TaxRatePast
    session.delete(found)
    session.flush()
    return found.basis_points
