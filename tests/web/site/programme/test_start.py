"""GET / and /cinemas/<slug>"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from matinee.programme.models import Cinema, Film, Hall, Seat
from matinee.web.shared.services import Services
from tests.building import (
    DAY,
    LETTERED,
    NOW,
    House,
    add_screening,
    cancel,
    clock_at,
    on_one_database,
    seat_id,
)
from tests.web.site.programme.conftest import Change, main_of
from tests.web.v1.conftest import Sell


def leads_to(page: str, screening_id: int) -> bool:
    return f'href="/screenings/{screening_id}"' in page


def days_of(page: str) -> list[str]:
    return re.findall(r'href="/\?day=([0-9-]+)', page[page.index('class="days"') : page.index('class="bar"')])


def test_the_page_shows_what_is_on_and_nothing_that_was_cancelled(
    client: FlaskClient, house: House, services: Services
) -> None:
    page = client.get(f"/?day={DAY}").text
    assert leads_to(page, house.lettered)
    assert leads_to(page, house.first_hall)

    services.transactions.write(lambda session: cancel(session, house.lettered))

    page = client.get(f"/?day={DAY}").text
    assert not leads_to(page, house.lettered)
    assert leads_to(page, house.first_hall)


def test_without_a_day_it_is_the_first_that_has_something_to_come(client: FlaskClient, house: House) -> None:
    page = client.get("/").text
    assert days_of(page) == ["2030-05-17", "2030-05-18", "2030-05-19"]
    assert re.search(r'href="/\?day=2030-05-18" aria-current="date"', page)
    assert "Today" in page
    assert "Saturday, 18 May" in page


def test_what_has_begun_is_not_offered(client: FlaskClient, house: House) -> None:
    assert not leads_to(client.get("/?day=2030-05-17").text, house.begun)
    with clock_at(NOW - timedelta(hours=2)):
        assert leads_to(client.get("/?day=2030-05-17").text, house.begun)


def test_a_page_that_is_kept_drops_what_begins_meanwhile(
    client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with clock_at(NOW - timedelta(hours=1, seconds=1)):
        assert leads_to(client.get("/?day=2030-05-17").text, house.begun)
    with clock_at(NOW - timedelta(hours=1)):
        assert not leads_to(client.get("/?day=2030-05-17").text, house.begun)


def test_a_screening_after_midnight_belongs_to_the_day_on_the_wall(client: FlaskClient, house: House) -> None:
    assert "<b>00:30</b>" not in client.get(f"/?day={DAY}").text
    assert "<b>00:30</b>" in client.get("/?day=2030-05-19").text


def test_how_many_seats_are_left_is_seen_at_a_glance(
    client: FlaskClient, house: House, sell: Sell, change: Change
) -> None:
    assert "Few left" not in client.get(f"/?day={DAY}").text
    change(house.cinema, model=Cinema, selling_out_percent=80)
    sell(house.lettered, *LETTERED[:-1])
    page = client.get(f"/?day={DAY}").text
    assert "Few left" in page
    assert leads_to(page, house.lettered)

    sell(house.lettered, LETTERED[-1])
    page = client.get(f"/?day={DAY}").text
    assert "Sold out" in page
    assert not leads_to(page, house.lettered)


def test_what_is_not_on_sale_any_more_is_no_link(client: FlaskClient, house: House) -> None:
    page = client.get(f"/?day={DAY}").text
    assert "Not on sale any more" in page
    assert "<b>21:30</b>" in page
    assert not leads_to(page, house.closed)


def test_by_time_they_stand_in_the_order_of_their_starts_with_their_prices(
    client: FlaskClient, house: House
) -> None:
    page = client.get(f"/?day={DAY}&view=time").text
    assert re.findall(r'schedule-time">([0-9:]+)', page) == ["18:00", "18:00", "20:30", "21:30"]
    assert re.search(r"from (UAH|₴)\s?150.00", page)
    assert "Free of charge" in page


def test_every_way_keeps_what_was_chosen(client: FlaskClient, house: House, change: Change) -> None:
    change(house.lettered, format="3D")
    page = client.get(f"/en/?day={DAY}&view=time&format=3D").text
    assert 'href="/en/?day=2030-05-19&amp;view=time&amp;format=3D"' in page
    assert f'href="/en/?day={DAY}&amp;format=3D"' in page
    assert f'href="/uk/?day={DAY}&amp;view=time&amp;format=3D"' in page


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({"format": "IMAX"}, "format=IMAX"),
        ({"language": "fr"}, "spoken=fr"),
        ({"access_features": "captions relaxed"}, "access=relaxed"),
    ],
)
def test_filters_leave_what_fits(
    client: FlaskClient, house: House, change: Change, values: dict[str, str], query: str
) -> None:
    change(house.lettered, **values)
    page = client.get(f"/?day={DAY}&{query}").text
    assert leads_to(page, house.lettered)
    assert not leads_to(page, house.first_hall)
    assert "Clear filters" in page


def test_a_certificate_and_wheelchair_places_are_filters_too(
    client: FlaskClient, house: House, services: Services, change: Change
) -> None:
    page = client.get(f"/?day={DAY}&certificate=16").text
    assert leads_to(page, house.first_hall)
    assert not leads_to(page, house.lettered)

    chair = services.transactions.read(lambda session: seat_id(session, house.lettered, "A1"))
    change(chair, model=Seat, kind="wheelchair")
    page = client.get(f"/?day={DAY}&access=wheelchair").text
    assert leads_to(page, house.lettered)
    assert not leads_to(page, house.first_hall)


def test_only_filters_that_have_something_to_choose_from_are_offered(
    client: FlaskClient, house: House, change: Change
) -> None:
    page = client.get("/").text
    assert 'name="certificate"' in page
    assert not any(f'name="{name}"' in page for name in ("format", "spoken", "access"))

    change(house.lettered, language="fr", access_features="captions")
    page = client.get("/").text
    assert 'name="spoken"' in page
    assert "French" in page
    assert 'name="access"' in page
    assert 'name="format"' not in page


def test_a_day_without_what_fits_leads_to_one_that_has(
    client: FlaskClient, house: House, change: Change
) -> None:
    change(house.lettered, format="IMAX")
    page = main_of(client.get("/?day=2030-05-19&format=IMAX").text)
    assert "Nothing on this day fits your filters." in page
    assert f'class="button" href="/?day={DAY}&amp;format=IMAX"' in page
    assert "Nothing that is announced fits your filters." in client.get("/?format=Smell").text


def test_a_day_without_anything_and_a_house_without_anything_say_so(
    client: FlaskClient, house: House, services: Services
) -> None:
    assert "Nothing more today." in client.get("/?day=2030-05-17").text
    assert "Nothing on this day." in client.get("/?day=2030-05-25").text
    with clock_at(NOW + timedelta(days=30)):
        assert "Nothing is announced yet." in client.get("/").text


def test_without_a_cinema_it_says_how_to_begin(client: FlaskClient) -> None:
    assert "matinee import FILE" in client.get("/").text


@on_one_database
@pytest.mark.parametrize(
    "query",
    ["day=yesterday", "day=2030-02-31", "view=3d", "format=" + "x" * 5000, "language=uk", "day=9999-12-31"],
)
def test_what_cannot_be_understood_is_not_asked_for(client: FlaskClient, house: House, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 200


def test_each_cinema_has_its_page_and_a_switch_leads_to_the_others(client: FlaskClient, house: House) -> None:
    page = client.get("/cinemas/lux").text
    assert leads_to(page, house.elsewhere)
    assert not leads_to(page, house.lettered)
    assert re.search(r'href="/cinemas/lux" aria-current="page">Lux', page)
    assert re.search(r'<a href="/">Одеон', page)
    assert not leads_to(client.get(f"/?day={DAY}").text, house.elsewhere)
    assert client.get("/cinemas/nowhere").status_code == 404


@on_one_database
def test_titles_are_shown_as_they_are_and_never_run(
    client: FlaskClient, house: House, services: Services
) -> None:
    title = "<script>alert(1)</script></foreignObject>&amp;"

    def enter(session) -> None:
        film = Film(title=title, duration_minutes=60, synopsis="</script><b>x")
        session.add(film)
        session.flush()
        hall = session.query(Hall).filter(Hall.name == "Hall 1").one()
        add_screening(session, hall=hall, film=film, day=DAY, time="10:00")

    services.transactions.write(enter)
    page = client.get(f"/?day={DAY}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/foreignObject&gt;&amp;amp;" in page
    assert "<script>alert" not in page
