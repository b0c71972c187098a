"""Choosing without scripts: POST /screenings/<id>/best, /list, /more-time and /continue"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from matinee.boxoffice.models import Order
from tests.boxoffice.selling import Sale
from tests.building import NOW, House, clock_at, on_one_database
from tests.web.site.picker.conftest import OpenShop, Shopper


def code_of(sale: Sale) -> str:
    return str(sale.read(lambda session: session.query(Order).order_by(Order.id.desc()).first().code))


def test_the_best_seats_are_held_and_the_form_leads_to_the_order(shopper: Shopper, sale: Sale) -> None:
    answer = shopper.send("best", {"count_adult": "1", "count_child": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{code_of(sale)}")
    hold = shopper.config()["start"]["hold"]
    assert sorted(seat["ticket_type"] for seat in hold["seats"]) == ["adult", "child"]


def test_the_best_seats_replace_what_was_held(shopper: Shopper) -> None:
    shopper.choose("A1")
    told = shopper.send("best", {"count_adult": "2", "zone": "sofa"}, by_script=True).json
    assert [seat["label"] for seat in told["hold"]["seats"]] == ["B1", "B2"]
    assert told["onward"] == f"/orders/{told['hold']['code']}"
    assert shopper.map_marks() == {"B1": "mine", "B2": "mine"}


def test_where_there_are_not_enough_seats_what_was_held_stays(shopper: Shopper) -> None:
    shopper.choose("A1")
    answer = shopper.send("best", {"count_adult": "3", "zone": "sofa"}, by_script=True)
    assert (answer.status_code, answer.json["refused"]["code"]) == (409, "not_enough_seats")
    assert shopper.held() == ["A1"]


def test_a_party_sits_apart_only_where_it_says_so(shopper: Shopper, open_shop: OpenShop) -> None:
    open_shop().choose("A2", "B2")
    assert shopper.send("best", {"count_adult": "4"}, by_script=True).status_code == 409
    split = shopper.send("best", {"count_adult": "4", "split": "on"}, by_script=True)
    assert [seat["label"] for seat in split.json["hold"]["seats"]] == ["A1", "A3", "A4", "B1"]


@pytest.mark.parametrize("count", ["", "0", "-1", "x", "²"])
def test_nobody_is_no_party(shopper: Shopper, count: str) -> None:
    answer = shopper.send("best", {"count_adult": count})
    assert (answer.status_code, answer.headers["Location"]) == (303, shopper.here)
    assert "Choose a seat first." in shopper.look()


def test_a_row_of_the_list_shows_its_free_seats(shopper: Shopper, open_shop: OpenShop) -> None:
    open_shop().choose("A2")
    page = shopper.look(line="0")
    options = re.search(r'<select id="list-seat".*?</select>', page, re.DOTALL)
    assert options is not None
    assert re.findall(r'value="(\w+)"', options[0]) == ["A1", "A3", "A4", "B1", "B2"]


def test_seats_are_added_changed_and_removed_by_forms(shopper: Shopper, sale: Sale) -> None:
    answer = shopper.send("list", {"add": "A1", "ticket_type": "adult", "line": "0"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{shopper.here}?line=0#choose")
    shopper.send("list", {"add": "A2", "ticket_type": "child"})
    shopper.send("list", {"change": "A1", "ticket_type": "child"})
    assert shopper.config()["start"]["hold"]["seats"] == [
        {"label": "A1", "ticket_type": "child"},
        {"label": "A2", "ticket_type": "child"},
    ]
    shopper.send("list", {"remove": "A1"})
    shopper.send("list", {"remove": "A2"})
    assert shopper.held() == []
    assert sale.count(Order) == 1


def test_a_form_is_told_that_the_seat_is_gone(shopper: Shopper, open_shop: OpenShop) -> None:
    open_shop().choose("A1")
    shopper.send("list", {"add": "A1"})
    assert "A1 was taken while you were choosing." in shopper.look()


def test_a_good_choice_leads_on_to_its_order(shopper: Shopper, sale: Sale) -> None:
    shopper.choose("A1")
    answer = shopper.send("continue", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{code_of(sale)}")


def test_a_choice_that_leaves_a_single_seat_is_refused_by_its_name(shopper: Shopper) -> None:
    shopper.choose("A2")
    answer = shopper.send("continue", {}, by_script=True)
    assert answer.status_code == 409
    assert answer.json["refused"]["seats"] == ["A1"]
    assert "A1 would stay empty by itself" in answer.json["refused"]["sentence"]
    assert "onward" not in answer.json
    assert shopper.held() == ["A2"]


@on_one_database
def test_a_refused_choice_is_explained_on_the_page_of_a_form(shopper: Shopper) -> None:
    shopper.choose("A2")
    assert shopper.send("continue", {}).headers["Location"] == shopper.here
    assert "A1 would stay empty by itself" in shopper.look()


@pytest.mark.parametrize("action", ["continue", "more-time"])
def test_without_a_hold_the_time_is_said_to_be_over(shopper: Shopper, action: str) -> None:
    answer = shopper.send(action, {}, by_script=True)
    assert (answer.status_code, answer.json["refused"]["code"]) == (410, "hold_expired")


def test_more_time_is_a_whole_lifetime_from_now_on(shopper: Shopper) -> None:
    shopper.choose("A1")
    later = NOW + timedelta(minutes=9)
    with clock_at(later):
        told = shopper.send("more-time", {}, by_script=True).json
        assert told["hold"]["expires_at"] == (later + timedelta(minutes=10)).timestamp() * 1000


@on_one_database
@pytest.mark.parametrize("action", ["best", "list", "more-time", "continue"])
def test_a_form_without_the_token_is_refused(shopper: Shopper, sale: Sale, action: str) -> None:
    shopper.look()
    answer = shopper.client.post(f"{shopper.here}/{action}", data={"count_adult": "1", "add": "A1"})
    assert answer.status_code == 400
    assert sale.count(Order) == 0


@on_one_database
def test_a_house_without_prices_gives_its_seats_for_free(open_shop: OpenShop, house: House) -> None:
    shopper = open_shop(house.second_hall)
    page = shopper.look()
    assert "Free of charge" in page
    assert shopper.send("best", {"count_adult": "2"}).status_code == 303
    assert len(shopper.held()) == 2


@on_one_database
def test_the_forms_keep_the_language(shopper: Shopper) -> None:
    token = shopper.config()["token"]
    form = {"csrf_token": token, "count_adult": "1"}
    answer = shopper.client.post(f"/uk{shopper.here}/best", data=form)
    assert answer.headers["Location"].startswith("/uk/orders/")
