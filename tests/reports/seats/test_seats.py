"""Figures on the plan of a hall."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.door.admissions import admit_ticket
from matinee.programme.errors import HallNotFound, ScreeningNotFound
from matinee.programme.models import HouseSeat, Screening
from matinee.reports.seats.heat import HallHeat, hall_heat
from matinee.reports.seats.of_screening import ScreeningSeats, TypeSum, screening_seats
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B, TODAY, Buyer, House, seat_id
from tests.query_plans import tables_read_whole
from tests.reports.today.random_house import RandomHouse

# After every screening of the house.
LATER = NOW + timedelta(days=3)


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def seats_of(sale: Sale, screening: int, **more: Any) -> ScreeningSeats:
    values = {"cinema_id": sale.house.cinema, "screening_id": screening, "now": NOW, **more}
    return sale.read(lambda session: screening_seats(session, **values))


def heat_of(sale: Sale, screening: int, **more: Any) -> HallHeat:
    hall_id = sale.read(lambda session: session.get_one(Screening, screening).hall_id)
    values = {"cinema_id": sale.house.cinema, "hall_id": hall_id, "weeks": 4, "now": LATER, **more}
    return sale.read(lambda session: hall_heat(session, **values))


def keep_back(sale: Sale, screening: int, label: str, *, reason: str) -> None:
    sale.write(
        lambda s: s.add(
            HouseSeat(screening_id=screening, seat_id=seat_id(s, screening, label), reason=reason)
        )
    )


def test_each_seat_says_what_has_become_of_it(sale: Sale) -> None:
    show = sale.house.lettered
    order = sale.sold("A1", "A2")
    sale.hold("A3")
    sale.hold("B1", now=NOW - timedelta(hours=1))
    keep_back(sale, show, "A4", reason="broken")
    keep_back(sale, show, "B2", reason="blocked")
    inside = sale.tickets(order)["A2"].id
    sale.write(lambda s: admit_ticket(s, ticket_id=inside, by="usher", now=NOW))
    found = seats_of(sale, show)
    states = {one.seat.label: one.state for one in found.seats}
    assert states == {
        "A1": "sold",
        "A2": "inside",
        "A3": "held",
        "A4": "broken",
        "B1": "free",
        "B2": "blocked",
    }
    assert {one.seat.label: one.admitted_at for one in found.seats if one.admitted_at} == {"A2": NOW}
    assert found.count("sold", "inside") == 2


def test_tickets_are_summed_by_type(sale: Sale) -> None:
    sale.sold("A1", "B1", types=["adult", "adult"])
    sale.sold("A2", types=["child"])
    returned = sale.sold("A3", types=["child"])
    sale.refund(returned)
    assert seats_of(sale, sale.house.lettered).types == [
        TypeSum("Adult", 2, PRICE_A + PRICE_B),
        TypeSum("Child", 1, 100),
    ]


def test_another_cinema_has_neither_the_screening_nor_the_hall(sale: Sale) -> None:
    with pytest.raises(ScreeningNotFound):
        seats_of(sale, sale.house.elsewhere)
    with pytest.raises(HallNotFound):
        heat_of(sale, sale.house.elsewhere)


def test_heat_counts_what_is_sold_and_did_not_come_back(sale: Sale) -> None:
    sale.sold("1", "2", screening=sale.house.first_hall)
    came_back = sale.sold("3", screening=sale.house.first_hall)
    sale.refund(came_back)
    found = heat_of(sale, sale.house.first_hall)
    # Hall 1: yesterday, today, tomorrow, and after midnight.
    assert found.screenings == 4
    sold = {one.seat.label: (one.sold, one.percent) for one in found.seats if one.sold}
    assert sold == {"1": (1, 25), "2": (1, 25)}


def test_heat_leaves_out_what_is_older_cancelled_or_has_not_begun(sale: Sale) -> None:
    assert heat_of(sale, sale.house.first_hall, now=NOW).screenings == 2
    assert heat_of(sale, sale.house.first_hall, now=LATER + timedelta(weeks=4)).screenings == 0
    sale.cancel(sale.house.first_hall)
    assert heat_of(sale, sale.house.first_hall).screenings == 3


def test_heat_is_what_one_counts_by_hand(services: Services) -> None:
    services.transactions.write(lambda session: RandomHouse(session, seed=5, day=TODAY).build())
    now = NOW + timedelta(hours=2)

    def by_hand(session: Session) -> Counter[int]:
        shows = {
            one.id
            for one in session.scalars(select(Screening).where(Screening.hall_id == 1))
            if one.starts_at <= now and not one.draft and not one.cancelled_at
        }
        return Counter(
            one.seat_id
            for one in session.scalars(select(Ticket))
            if one.screening_id in shows and one.state == "valid"
        )

    def heat(session: Session) -> HallHeat:
        return hall_heat(session, cinema_id=1, hall_id=1, weeks=2, now=now)

    found = services.transactions.read(heat)
    counted = services.transactions.read(by_hand)
    assert {one.seat.id: one.sold for one in found.seats if one.sold} == counted
    assert len(counted) > 8
    small = {"hall", "seat", "screening"}
    assert tables_read_whole(services, heat) <= small
    seats = lambda session: screening_seats(session, cinema_id=1, screening_id=1, now=now)  # noqa: E731
    services.transactions.write(lambda session: session.execute(update(Screening).values(draft=False)))
    assert tables_read_whole(services, seats) <= {*small, "film", "cinema", "ticket_type"}
