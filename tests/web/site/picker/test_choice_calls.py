"""GET and POST /screenings/<id>/choice"""

from __future__ import annotations

from datetime import timedelta

import pytest

from matinee.accounts import throttling
from matinee.boxoffice.models import Order
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.picker.conftest import JSON, OpenShop, Shopper


def test_the_first_seat_makes_a_hold_and_further_ones_change_it(shopper: Shopper, sale: Sale) -> None:
    first = shopper.choose("A1").json["hold"]
    second = shopper.choose("A1", "B1", B1="child").json["hold"]
    assert first["code"] == second["code"]
    assert second["seats"] == [
        {"label": "A1", "ticket_type": "adult"},
        {"label": "B1", "ticket_type": "child"},
    ]
    assert sale.count(Order) == 1


def test_the_last_seat_that_is_let_go_releases_the_hold(shopper: Shopper, open_shop: OpenShop) -> None:
    shopper.choose("A1")
    answer = shopper.choose()
    assert answer.json["hold"] is None
    assert shopper.held() == []
    assert open_shop().choose("A1").status_code == 200


def test_nothing_is_made_for_nothing(shopper: Shopper, sale: Sale) -> None:
    assert shopper.choose().json["hold"] is None
    assert sale.count(Order) == 0


def test_a_seat_of_somebody_else_is_refused_by_its_name_and_the_rest_stays(
    shopper: Shopper, open_shop: OpenShop
) -> None:
    open_shop().choose("A2")
    shopper.choose("A1")
    answer = shopper.choose("A1", "A2")
    assert answer.status_code == 404
    assert answer.json["refused"] == {
        "code": "unavailable",
        "sentence": "A2 was taken while you were choosing.",
        "seats": ["A2"],
    }
    assert [seat["label"] for seat in answer.json["hold"]["seats"]] == ["A1"]
    assert shopper.held() == ["A1"]


def test_while_choosing_a_single_seat_may_be_left(shopper: Shopper) -> None:
    assert shopper.choose("A2").status_code == 200


def test_two_tabs_of_one_browser_see_the_same_hold(shopper: Shopper) -> None:
    shopper.choose("A1")
    other_tab = Shopper(shopper.client, shopper.screening)
    assert other_tab.config()["start"]["hold"]["seats"] == [{"label": "A1", "ticket_type": "adult"}]
    assert other_tab.map_marks() == {"A1": "mine"}


def test_a_stranger_sees_somebody_choosing(shopper: Shopper, open_shop: OpenShop) -> None:
    shopper.choose("A1")
    stranger = open_shop()
    assert stranger.held() == []
    assert stranger.map_marks() == {"A1": "held"}


def test_a_member_finds_his_hold_in_another_browser(open_shop: OpenShop, buyer: Buyer, sale: Sale) -> None:
    code = open_shop(buyer=buyer).choose("A1").json["hold"]["code"]
    assert open_shop(buyer=buyer).config()["start"]["hold"]["code"] == code
    assert open_shop().config()["start"]["hold"] is None
    order = sale.read(lambda session: session.query(Order).one())
    assert (order.user_id, order.secret_hash, order.channel) == (buyer.id, None, "site")


def test_a_hold_keeps_the_language_of_its_page(shopper: Shopper, sale: Sale) -> None:
    headers = {**JSON, "X-CSRFToken": shopper.config()["token"]}
    body = {"seats": [{"label": "A1"}]}
    shopper.client.post(f"/uk{shopper.here}/choice", json=body, headers=headers)
    assert sale.read(lambda session: session.query(Order).one().language) == "uk"


def test_a_hold_that_ran_out_is_gone(shopper: Shopper) -> None:
    shopper.choose("A1")
    with clock_at(NOW + timedelta(minutes=10)):
        assert shopper.held() == []
        answer = shopper.choose("A2").json["hold"]
        assert [seat["label"] for seat in answer["seats"]] == ["A2"]


def test_the_times_are_those_of_the_server(shopper: Shopper) -> None:
    told = shopper.choose("A1").json
    assert told["now"] == NOW.timestamp() * 1000
    assert told["hold"]["expires_at"] - told["now"] == 10 * 60 * 1000
    assert told["hold"]["expires_at"] - told["hold"]["warn_at"] == 2 * 60 * 1000


def test_the_panel_says_the_total_of_the_server(shopper: Shopper, sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=500)
    panel = shopper.choose("A1", "B1").json["panel"]
    assert "Row A, seat 1" in panel
    # 150.00 and 220.00, and 5.00 for each.
    assert "380.00" in panel


def test_too_many_seats_are_refused(open_shop: OpenShop, house: House) -> None:
    answer = open_shop(house.second_hall).choose(*[str(number) for number in range(1, 12)])
    assert (answer.status_code, answer.json["refused"]["code"]) == (422, "too_many")
    assert answer.json["hold"] is None


def test_a_screening_that_is_closed_is_refused(shopper: Shopper, house: House, sale: Sale) -> None:
    headers = {**JSON, "X-CSRFToken": shopper.config()["token"]}
    body = {"seats": [{"label": "1"}]}
    answer = shopper.client.post(f"/screenings/{house.closed}/choice", json=body, headers=headers)
    assert (answer.status_code, answer.json["refused"]["code"]) == (409, "closed")
    assert sale.count(Order) == 0


@on_one_database
@pytest.mark.parametrize("body", [None, [], {"seats": "A1"}, {"seats": [{}]}, {"seats": [{"label": 1}]}])
def test_what_is_no_choice_is_refused(shopper: Shopper, body: object) -> None:
    headers = {**JSON, "X-CSRFToken": shopper.config()["token"]}
    answer = shopper.client.post(f"{shopper.here}/choice", json=body, headers=headers)
    assert answer.status_code == 400


@on_one_database
@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "made-up"}])
def test_a_call_without_the_token_is_refused(shopper: Shopper, sale: Sale, headers: dict[str, str]) -> None:
    shopper.look()
    body = {"seats": [{"label": "A1"}]}
    answer = shopper.client.post(f"{shopper.here}/choice", json=body, headers={**JSON, **headers})
    assert answer.status_code == 400
    assert sale.count(Order) == 0


def test_while_a_payment_runs_nothing_is_changed(open_shop: OpenShop, buyer: Buyer, sale: Sale) -> None:
    shopper = open_shop(buyer=buyer)
    shopper.choose("A1")
    order_id = sale.read(lambda session: session.query(Order).one().id)
    sale.intend(order_id, "demo")
    for answer in (shopper.choose("A2"), shopper.choose()):
        assert (answer.status_code, answer.json["refused"]["code"]) == (409, "payment_under_way")
        assert answer.json["hold"]["is_paying"]
    assert "Go on with paying" in answer.json["panel"]


def test_calls_that_take_seats_are_counted(
    open_app: OpenApp, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "CALLS_MAX", {"user": 3, "key": 3, "address": 3})
    shopper = Shopper(open_app(ratelimit="on").test_client(), house.lettered)
    for label in ("A1", "A2", "A3"):
        assert shopper.choose(label).status_code == 200
    answer = shopper.choose("A4")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert answer.json["refused"]["code"] == "too_many_attempts"
    assert shopper.held() == ["A3"]
