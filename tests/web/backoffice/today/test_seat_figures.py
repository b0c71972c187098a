"""A screening's and a hall's figures on the plan of seats."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.door.admissions import admit_ticket
from matinee.programme.models import Film, Hall, Screening
from matinee.web.backoffice.today.seat_heat import step_of
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, add_screening, on_one_database
from tests.web.backoffice.conftest import CINEMA, OpenOffice
from tests.web.backoffice.today.test_dashboard import words_of


def screening_page(screening: int) -> str:
    return f"{CINEMA}/today/screenings/{screening}"


def hall_page(sale: Sale, screening: int) -> str:
    hall_id = sale.read(lambda session: session.get_one(Screening, screening).hall_id)
    return f"{CINEMA}/today/halls/{hall_id}"


def test_a_screening_shows_each_seat_and_its_tickets(office: OpenOffice, sale: Sale) -> None:
    show = sale.house.lettered
    order = sale.sold("A1", "A2")
    sale.hold("B1")
    ticket = sale.tickets(order)["A2"].id
    sale.write(lambda s: admit_ticket(s, ticket_id=ticket, by="usher", now=NOW))
    page = office("manager").get(screening_page(show)).text
    assert re.findall(r"<title>(Row [^<]+)</title>", page) == [
        "Row A, seat 1: sold, not in yet",
        "Row A, seat 2: in since 12:00",
        "Row A, seat 3: free",
        "Row A, seat 4: free",
        "Row B, seat 1: held for a buyer",
        "Row B, seat 2: free",
    ]
    said = words_of(page)
    assert "33 % sold" in said
    assert "Row A, seat 2 sold, and in 12:00" in said, "the table beneath"
    assert re.search(rf"Adult 2 \D*{2 * PRICE_A / 100:.2f}", said)


def test_money_of_a_screening_is_for_those_who_see_figures(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A1")
    said = words_of(office("usher").get(screening_page(sale.house.lettered)).text)
    assert "Adult 1" in said
    assert "150.00" not in said


def test_a_hall_shows_how_often_each_seat_is_sold(office: OpenOffice, sale: Sale) -> None:
    sale.sold("1", "2", screening=sale.house.begun, now=NOW - timedelta(hours=3))
    page = office("usher").get(hall_page(sale, sale.house.begun)).text
    # Yesterday's and today's.
    assert "2 screenings" in page
    titles = re.findall(r"<title>(Seat [^<]+)</title>", page)
    assert titles[:3] == ["Seat 1: 50 %", "Seat 2: 50 %", "Seat 3: 0 %"]
    said = words_of(page)
    assert "Seat 1 1 50" in said, "the table beneath"
    assert "– 12 8 %" in said, "the average of all seats"


@on_one_database
def test_weeks_that_are_not_offered_are_refused(office: OpenOffice, sale: Sale) -> None:
    usher, page = office("usher"), hall_page(sale, sale.house.begun)
    for weeks in ("0", "x", "99999999999999999999", "-1", "%00"):
        assert usher.get(f"{page}?weeks={weeks}").status_code == 400


@on_one_database
def test_another_cinemas_are_not_found(office: OpenOffice, sale: Sale) -> None:
    usher, elsewhere = office("usher"), sale.house.elsewhere
    assert usher.get(screening_page(elsewhere)).status_code == 404
    assert usher.get(hall_page(sale, elsewhere)).status_code == 404
    for unknown in ("2147483647", "99999999999999999999"):
        assert usher.get(screening_page(int(unknown))).status_code == 404


@on_one_database
def test_a_hall_without_screenings_or_seats_says_so(office: OpenOffice, sale: Sale) -> None:
    def build(session: Session) -> tuple[int, int]:
        hall = Hall(cinema_id=sale.house.cinema, name="Empty")
        session.add(hall)
        session.flush()
        film = session.get_one(Film, 1)
        show = add_screening(session, hall=hall, film=film, day=NOW.date(), time="15:00")
        return hall.id, show.id

    hall_id, show_id = sale.write(build)
    usher = office("usher")
    assert "has no seats yet" in usher.get(f"{CINEMA}/today/halls/{hall_id}").text
    assert "has no seats yet" in usher.get(screening_page(show_id)).text
    assert "Nothing was shown" in usher.get(f"{hall_page(sale, sale.house.lettered)}?weeks=1").text


@pytest.mark.parametrize(
    ("percent", "sold", "step"),
    [(0, 0, 0), (0, 1, 1), (20, 2, 1), (21, 2, 2), (60, 6, 3), (61, 6, 4), (100, 10, 5)],
)
def test_steps_are_fifths(percent: int, sold: int, step: int) -> None:
    assert step_of(percent, sold) == step
