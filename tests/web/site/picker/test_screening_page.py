"""GET /screenings/<id>"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.programme.models import Hall, Screening, Seat
from tests.boxoffice.selling import Sale
from tests.building import DAY, NOW, House, add_screening, clock_at, on_one_database
from tests.web.site.picker.conftest import OpenShop, Shopper


def test_the_page_says_what_is_shown_where_when_and_for_how_much(shopper: Shopper) -> None:
    page = shopper.look()
    for said in ("Café", "Hall 10, Одеон", "Saturday, May 18, 2030", "20:30", "22:00", "Adult", "Child"):
        assert said in page
    assert "UAH" in page or "₴" in page


def test_every_seat_is_drawn_once_in_its_line(shopper: Shopper) -> None:
    page = shopper.look()
    assert re.findall(r'class="seat" data-n="(\w+)"', page) == ["A1", "A2", "A3", "A4", "B1", "B2"]


@on_one_database
def test_a_hall_of_numbers_is_drawn_without_row_letters(open_shop: OpenShop, house: House) -> None:
    page = open_shop(house.second_hall).look()
    assert len(re.findall(r'class="seat" data-n="', page)) == 12
    assert 'class="row"' not in page
    assert "Seats 1 to 2" in page


def test_the_map_shows_what_is_sold_held_and_kept_back(open_shop: OpenShop, house: House, sale: Sale) -> None:
    sale.hold("3", screening=house.first_hall)
    bought = sale.hold("4", "5", screening=house.first_hall)
    sale.settle(sale.intend(bought, "free"))
    marks = open_shop(house.first_hall).map_marks()
    assert marks == {"3": "held", "4": "sold", "5": "sold", "12": "house"}


@on_one_database
def test_a_hold_that_ran_out_is_free_on_the_map(open_shop: OpenShop, sale: Sale) -> None:
    sale.hold("A1")
    assert open_shop().map_marks() == {"A1": "held"}
    with clock_at(NOW + timedelta(minutes=10)):
        assert open_shop().map_marks() == {}


@pytest.mark.parametrize(
    ("screening", "said"),
    [("begun", "This screening has begun"), ("closed", "Not on sale here any more")],
)
def test_what_cannot_be_bought_says_why_and_offers_other_times(
    open_shop: OpenShop, house: House, screening: str, said: str
) -> None:
    page = open_shop(getattr(house, screening)).look()
    assert said in page
    assert "data-picker" not in page
    assert f'href="/screenings/{house.first_hall}"' in page


def test_a_cancelled_screening_says_so(open_shop: OpenShop, house: House, sale: Sale) -> None:
    sale.cancel(house.first_hall)
    page = open_shop(house.first_hall).look()
    assert "This screening is cancelled" in page
    assert f'href="/screenings/{house.second_hall}"' in page


@on_one_database
def test_a_screening_that_is_over_says_so(open_shop: OpenShop, house: House) -> None:
    with clock_at(NOW + timedelta(hours=8)):
        assert "This screening is over" in open_shop(house.begun).look()


def test_a_sold_out_house_still_shows_its_map(shopper: Shopper, sale: Sale) -> None:
    sale.hold("A1", "A2", "A3", "A4", "B1", "B2")
    page = shopper.look()
    assert "Sold out, for now" in page
    assert "data-picker" in page


@on_one_database
def test_an_unknown_screening_is_not_found(shopper: Shopper) -> None:
    assert shopper.client.get("/screenings/999999").status_code == 404


@on_one_database
def test_the_page_has_no_style_and_no_script_in_its_elements(shopper: Shopper) -> None:
    page = shopper.look()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r" on\w+=", page)


@on_one_database
def test_the_booking_fee_is_said(shopper: Shopper, sale: Sale) -> None:
    assert "Booking online costs nothing beside that" in shopper.look()
    sale.change_cinema(booking_fee_amount=700)
    assert re.search(r"Booking online costs \S*7\.00\S* for each ticket", shopper.look())


@on_one_database
def test_the_page_of_a_thousand_seats_is_small(open_shop: OpenShop, house: House, sale: Sale) -> None:
    def build(session: Session) -> int:
        hall = Hall(cinema_id=house.cinema, name="Palace")
        session.add(hall)
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=f"{row}{number}", row=row, place=str(number), x=number, y=line,
                 zone="balcony" if line > 17 else "standard")
            for line, row in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXY")
            for number in range(1, 41)
        )  # fmt: skip
        film = session.get_one(Screening, house.lettered).film
        return add_screening(session, hall=hall, film=film, day=DAY, time="12:00").id

    shopper = open_shop(sale.write(build))
    assert len(re.findall(r'class="seat" data-n="', shopper.look())) == 1000
    answer = shopper.client.get(shopper.here, headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) < 25_000
