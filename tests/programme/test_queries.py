from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, select

from matinee.programme.cinemas import change_cinema, create_cinema
from matinee.programme.errors import CinemaExists, CinemaNotFound, InvalidCinema
from matinee.programme.models import Screening
from matinee.programme.queries import (
    cinema_by_slug,
    default_cinema,
    house_seats_by_screening,
    screenings_between,
    seats_by_hall,
)
from tests.programme.files import days, film, import_days

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def test_screenings_come_by_day_time_and_hall_in_natural_order(services: Services) -> None:
    halls = ("Hall 10", "Hall 9", "Hall 1")
    import_days(
        services, days(*(film(hall=hall) for hall in halls), film("A", "09:00"), d2026_11_30=[film("B")])
    )

    def read(session):
        cinema = default_cinema(session)
        found = screenings_between(session, cinema_id=cinema.id, first_day=date(2026, 12, 1), last_day=None)
        assert not any({"hall", "film"} & inspect(each).unloaded for each in found)
        return [(each.film.title, each.hall.name) for each in found]

    assert services.transactions.read(read) == [
        ("A", "Hall 1"), ("Nosferatu", "Hall 1"), ("Nosferatu", "Hall 9"), ("Nosferatu", "Hall 10"),
    ]  # fmt: skip


def test_the_last_day_is_included(services: Services) -> None:
    import_days(services, days(film(), d2026_12_02=[film()], d2026_12_03=[film()]))

    def read(session):
        cinema = default_cinema(session)
        first, last = date(2026, 12, 1), date(2026, 12, 2)
        return screenings_between(session, cinema_id=cinema.id, first_day=first, last_day=last)

    assert [each.day.day for each in services.transactions.read(read)] == [1, 2]


def test_seats_come_in_natural_order_and_house_seats_by_screening(services: Services) -> None:
    import_days(services, days(film(free=["A10", "A2", "B1"]), film("B", "22:00", free=["A2"])))

    def read(session):
        first, second = session.scalars(select(Screening).order_by(Screening.starts_at))
        seats = seats_by_hall(session, [first.hall_id, 9999])
        labels = [seat.label for seat in seats[first.hall_id]]
        kept = house_seats_by_screening(session, [first.id, second.id])
        names = {seat.id: seat.label for seat in seats[first.hall_id]}
        return labels, seats[9999], kept[first.id], {names[seat_id] for seat_id in kept[second.id]}

    assert services.transactions.read(read) == (["A2", "A10", "B1"], [], set(), {"A10", "B1"})


def test_the_default_cinema_is_the_first(services: Services) -> None:
    def make(session):
        with pytest.raises(CinemaNotFound):
            default_cinema(session)
        for slug in ("zoo", "alpha"):
            create_cinema(session, slug=slug, name=slug, timezone="UTC", currency="EUR")
        return (
            default_cinema(session).slug,
            cinema_by_slug(session, None).slug,
            cinema_by_slug(session, "alpha").slug,
        )

    assert services.transactions.write(make) == ("zoo", "zoo", "alpha")


def test_a_cinema_of_that_slug_is_there_once(services: Services) -> None:
    def make(session):
        create_cinema(session, slug="zoo", name="Zoo", timezone="UTC", currency="EUR")

    services.transactions.write(make)
    with pytest.raises(CinemaExists):
        services.transactions.write(make)


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "Zoo"},
        {"slug": "a b"},
        {"slug": ""},
        {"name": " "},
        {"timezone": "Mars"},
        {"currency": "euro"},
    ],
)
def test_a_cinema_with_a_wrong_property_is_refused(services: Services, change: dict[str, str]) -> None:
    values = {"slug": "zoo", "name": "Zoo", "timezone": "UTC", "currency": "EUR"} | change
    with pytest.raises(InvalidCinema):
        services.transactions.write(lambda session: create_cinema(session, **values))


def test_time_zone_and_currency_stay_once_they_mean_something(services: Services) -> None:
    import_days(services, days(film(price=100)))

    for change in ({"timezone": "UTC"}, {"currency": "EUR"}):
        with pytest.raises(InvalidCinema):
            services.transactions.write(
                lambda session, change=change: change_cinema(
                    session, cinema=default_cinema(session), **change
                )
            )
