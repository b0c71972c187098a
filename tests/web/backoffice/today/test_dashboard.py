"""The house today."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.door.admissions import admit_ticket
from matinee.programme.models import Screening
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B, add_screening, on_one_database
from tests.web.backoffice.conftest import CINEMA, OpenOffice

TODAY_PAGE = f"{CINEMA}/today"
EVENING = "19:00"


def words_of(page: str) -> str:
    """What is read on the page, blanks made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def live_url(page: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found, page[:300]
    return found[1].replace("&amp;", "&")


@pytest.fixture
def evening(sale: Sale) -> int:
    """A screening of the lettered hall later today, with prices."""

    def plan(session: Session) -> int:
        other = session.get_one(Screening, sale.house.lettered)
        return add_screening(
            session,
            hall=other.hall,
            film=other.film,
            day=NOW.date(),
            time=EVENING,
            price_list_id=other.price_list_id,
        ).id

    return sale.write(plan)


def test_it_says_what_runs_and_how_many_are_in(office: OpenOffice, sale: Sale) -> None:
    order = sale.sold("1", "2", "3", screening=sale.house.begun, now=NOW - timedelta(hours=3))
    ticket = sale.tickets(order)["2"].id
    sale.write(lambda s: admit_ticket(s, ticket_id=ticket, by="usher", now=NOW))
    said = words_of(office("usher").get(TODAY_PAGE).text)
    assert "Running now Амели Hall 1 since 11:00, until 13:02 1 of 3 people in" in said
    assert "25 % full: 3 sold, 9 free" in said


def test_it_says_what_comes_next_and_how_full_it_is(office: OpenOffice, sale: Sale, evening: int) -> None:
    sale.sold("A1", "A2", screening=evening)
    sale.hold("B1", screening=evening)
    said = words_of(office("counter").get(TODAY_PAGE).text)
    assert "Next 19:00 Café Hall 10 0 of 2 people in, 3 seats free" in said
    assert "33 % full: 2 sold, 1 held, 3 free" in said


def test_money_is_for_those_who_see_figures(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A1", now=NOW - timedelta(days=7, minutes=5))
    sale.sold("A2", now=NOW - timedelta(days=7) + timedelta(minutes=5))
    sale.refund(sale.sold("A3"))
    sale.sold("B1", "B2")
    said = words_of(office("manager").get(TODAY_PAGE).text)
    assert (
        f"Sales less returns UAH{2 * PRICE_B / 100:.2f} UAH{PRICE_A / 100:.2f} UAH{2 * PRICE_A / 100:.2f}"
        in said.replace("₴", "UAH")
    )
    assert "Tickets sold 3 1 2" in said
    assert "Tickets that came back 1 0 0" in said
    assert "193 % more than a week ago by this time" in said
    assert "Refunds" in said
    for role in ("usher", "counter", "programmer"):
        said = words_of(office(role).get(TODAY_PAGE).text)
        assert "Tickets sold 3 1 2" in said
        assert "UAH" not in said
        assert "₴" not in said
        assert "Payments" not in said


def test_what_has_not_changed_is_not_sent_again(office: OpenOffice, sale: Sale, evening: int) -> None:
    manager = office("manager")
    url = live_url(manager.get(TODAY_PAGE).text)
    unchanged = manager.get(url, headers={"HX-Request": "true"})
    assert unchanged.status_code == 204
    assert unchanged.data == b""
    sale.sold("A1", screening=evening)
    changed = manager.get(url, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "<html" not in changed.text
    assert "16 % full: 1 sold, 5 free" in words_of(changed.text)
    assert live_url(changed.text) != url


def test_each_sees_the_part_that_is_meant_for_him(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A1")
    manager, usher = office("manager"), office("usher")
    assert "Payments" in manager.get(TODAY_PAGE).text
    url = live_url(usher.get(TODAY_PAGE).text)
    assert usher.get(url).status_code == 204
    assert "Payments" not in usher.get(url.partition("?")[0]).text


def test_a_sale_of_another_cinema_changes_nothing_here(office: OpenOffice, sale: Sale) -> None:
    manager = office("manager")
    url = live_url(manager.get(TODAY_PAGE).text)
    sale.sold("1", screening=sale.house.elsewhere)
    assert manager.get(url).status_code == 204


@on_one_database
def test_a_day_without_screenings_says_so(office: OpenOffice) -> None:
    said = words_of(office("manager").get("/backoffice/at/lux/today").text)
    assert "Nothing runs at this moment." in said
    assert "There is no screening today." in said
    assert office("manager", "usher").get("/backoffice/at/nowhere/today").status_code == 404
