from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from matinee.programme.errors import InvalidTaxRate, TaxRateExists, TaxRateNotFound, TaxRatePast
from matinee.programme.models import Cinema
from matinee.programme.tax_rates import add_tax_rate, parse_rate, remove_tax_rate, tax_rates_of_cinema
from matinee.web.shared.services import Services
from tests.building import TODAY, House

Add = Callable[..., None]


@pytest.fixture
def add(services: Services, house: House) -> Add:
    def one(day: date, points: int = 2000) -> None:
        services.transactions.write(
            lambda s: (
                add_tax_rate(
                    s,
                    cinema=s.get_one(Cinema, house.cinema),
                    valid_from=day,
                    basis_points=points,
                    today=TODAY,
                ).basis_points
            )
        )

    return one


def remove(services: Services, house: House, day: date) -> int:
    return services.transactions.write(
        lambda s: remove_tax_rate(s, cinema=s.get_one(Cinema, house.cinema), valid_from=day, today=TODAY)
    )


def test_a_rate_begins_today_or_later_once_there_is_one(services: Services, house: House, add: Add) -> None:
    add(date(2029, 1, 1), 700)
    add(TODAY)
    add(TODAY + timedelta(days=30), 750)
    with pytest.raises(TaxRatePast):
        add(TODAY - timedelta(days=1))
    with pytest.raises(TaxRateExists):
        add(TODAY)
    rates = services.transactions.read(lambda s: tax_rates_of_cinema(s, cinema_id=house.cinema))
    assert [rate.basis_points for rate in rates] == [700, 2000, 750]


def test_a_rate_that_has_begun_stays(services: Services, house: House, add: Add) -> None:
    coming = TODAY + timedelta(days=1)
    add(TODAY)
    add(coming, 700)
    assert remove(services, house, coming) == 700
    with pytest.raises(TaxRateNotFound):
        remove(services, house, coming)
    with pytest.raises(TaxRatePast):
        remove(services, house, TODAY)


def test_a_day_or_a_rate_that_cannot_be_is_refused(add: Add) -> None:
    with pytest.raises(InvalidTaxRate):
        add(date(9999, 1, 1))
    with pytest.raises(InvalidTaxRate):
        add(TODAY, 10_001)


@pytest.mark.parametrize(
    ("text", "points"), [("20", 2000), ("7.5", 750), (" 7,25 % ", 725), ("0", 0), ("100", 10000)]
)
def test_a_rate_is_read_as_people_write_it(text: str, points: int) -> None:
    assert parse_rate(text) == points


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "101", "7.255", "NaN", "1e999999", "1e99999999999999999999", "\0"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InvalidTaxRate):
        parse_rate(text)
