"""POST /holds, GET, PATCH and DELETE /holds/{code}, POST /holds/{code}/extensions"""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderEvent, SeatClaim
from matinee.db.version import announce_change
from matinee.programme.models import Cinema, Screening, Seat
from matinee.web.shared.services import Services
from tests.building import (
    HOUSE_SEAT,
    NOW,
    PRICE_A,
    Buyer,
    House,
    clock_at,
    count_rows,
    on_one_database,
)
from tests.web.conftest import OpenApp
from tests.web.v1.conftest import Headers, Program, Staff
from tests.web.v1.shopping import API, Shop, refused, uah, with_secret

LATER = NOW + timedelta(minutes=10)
KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}


def test_a_guest_holds_seats_and_is_told_a_secret_once(shop: Shop, services: Services) -> None:
    answer = shop.try_hold("A1", "A2")
    assert answer.status_code == 201
    told = answer.json
    code, secret = told["code"], told.pop("secret")
    assert answer.headers["Location"] == f"/api/v1/holds/{code}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told == {
        "code": code,
        "state": "held",
        "created_at": "2030-05-17T12:00:00+03:00",
        "expires_at": "2030-05-17T12:10:00+03:00",
        "warn_at": "2030-05-17T12:08:00+03:00",
        "extensions_left": 10,
        "channel": "v1",
        "email": None,
        "promo_code": None,
        "screening": {
            "id": shop.house.lettered,
            "film": "Café",
            "starts_at": "2030-05-18T20:30:00+03:00",
            "ends_at": "2030-05-18T22:00:00+03:00",
            "hall": "Hall 10",
            "cinema": "odeon",
            "cancelled": False,
        },
        "seats": [
            {"label": label, "row": "A", "place": label[1], "kind": "standard", "zone": "standard",
             "ticket_type": "adult", "amount": uah(PRICE_A)} for label in ("A1", "A2")
        ],
        "subtotal": uah(2 * PRICE_A),
        "discount": uah(0),
        "fee": uah(0),
        "total": uah(2 * PRICE_A),
        "paid": uah(0),
        "refunded": uah(0),
        "outstanding": uah(2 * PRICE_A),
        "payments": [],
        "tickets": [],
        "links": {
            "self": f"/api/v1/orders/{code}",
            "screening": f"/api/v1/screenings/{shop.house.lettered}",
            "hold": f"/api/v1/holds/{code}",
            "extensions": f"/api/v1/holds/{code}/extensions",
            "payments": f"/api/v1/orders/{code}/payments",
            "cancellation": f"/api/v1/orders/{code}/cancellation",
        },
    }  # fmt: skip
    assert shop.get(f"/holds/{code}", {"Order-Secret": secret}).json == told
    kept = services.transactions.read(lambda s: s.scalars(select(Order.secret_hash)).one())
    assert secret not in kept


def test_the_fee_and_each_ticket_type_are_in_the_total_that_is_seen_before_paying(
    shop: Shop, services: Services
) -> None:
    services.transactions.write(
        lambda s: s.execute(update(Cinema).values(booking_fee_amount=50, booking_fee_per="ticket"))
    )
    told = shop.hold(seats=[{"label": "A2", "ticket_type": "child"}, {"label": "A1"}])
    assert [(seat["label"], seat["ticket_type"]) for seat in told["seats"]] == [
        ("A1", "adult"),
        ("A2", "child"),
    ]
    assert (told["subtotal"], told["fee"], told["total"]) == (
        uah(PRICE_A + 100),
        uah(100),
        uah(PRICE_A + 200),
    )


def test_an_account_needs_no_secret_and_its_address_gets_the_tickets(
    shop: Shop, signed_in: Headers, buyer: Buyer, staff: Staff
) -> None:
    told = shop.hold("A1", "A2", headers=signed_in)
    assert (told["secret"], told["email"]) == (None, buyer.username)
    assert shop.get(f"/holds/{told['code']}", signed_in).status_code == 200
    assert refused(shop.get(f"/holds/{told['code']}")) == (404, "order_not_found")
    assert refused(shop.get(f"/holds/{told['code']}", staff("usher"))) == (404, "order_not_found")


def test_nobody_else_learns_of_a_guests_hold_or_changes_it(
    shop: Shop, signed_in: Headers, staff: Staff
) -> None:
    told = shop.hold("A1", "A2")
    path = f"/holds/{told['code']}"
    reader = staff("auditor")
    for headers in ({}, {"Order-Secret": "x" * 32}, {"Order-Secret": "\udcff"}, signed_in):
        assert refused(shop.get(path, headers)) == (404, "order_not_found")
        assert refused(shop.post(f"{path}/extensions", headers)) == (404, "order_not_found")
        assert refused(shop.patch(path, headers, seats=[{"label": "A3"}])) == (404, "order_not_found")
        assert refused(shop.delete(path, headers)) == (404, "order_not_found")
    assert shop.get(path, reader).status_code == 200
    assert refused(shop.delete(path, reader)) == (404, "order_not_found")
    assert shop.delete(path, staff("counter")).status_code == 204


def test_seats_that_are_not_free_are_named(shop: Shop, services: Services) -> None:
    shop.hold("A1", "A2")
    answer = shop.try_hold("A2", "A3", "Z9")
    assert refused(answer) == (409, "unavailable")
    assert answer.json["seats"] == ["Z9"]
    answer = shop.try_hold("A3", "A1", "A2")
    assert answer.json["seats"] == ["A1", "A2"]
    assert services.transactions.read(lambda s: count_rows(s, SeatClaim)) == 2


def test_a_house_seat_is_not_for_the_public_but_for_the_counter(shop: Shop, staff: Staff) -> None:
    answer = shop.try_hold(HOUSE_SEAT, screening=shop.house.first_hall)
    assert (refused(answer), answer.json["seats"]) == ((409, "unavailable"), [HOUSE_SEAT])
    told = shop.hold(HOUSE_SEAT, screening=shop.house.first_hall, headers=staff("counter"), channel="counter")
    assert (told["channel"], told["secret"], told["email"]) == ("counter", None, None)


def test_each_reason_has_a_code_of_its_own(shop: Shop, services: Services) -> None:
    assert refused(shop.try_hold()) == (422, "no_seats")
    assert refused(shop.try_hold("A1", "A1")) == (422, "seat_named_twice")
    assert refused(shop.try_hold(*(f"A{n}" for n in range(11)))) == (422, "too_many")
    assert refused(shop.try_hold("1", screening=shop.house.closed)) == (409, "closed")
    assert refused(shop.try_hold("1", screening=shop.house.begun)) == (409, "closed")
    assert refused(shop.try_hold("1", screening=2**31 - 1)) == (404, "screening_not_found")
    answer = shop.try_hold(seats=[{"label": "B1", "ticket_type": "senior"}, {"label": "B2"}])
    assert refused(answer) == (422, "ticket_type_not_sold")
    answer = shop.try_hold("A1", "A3")
    assert (refused(answer), answer.json["seats"]) == ((409, "orphan"), ["A2"])

    def make_places(session: Session) -> None:
        for label, kind in (("A1", "wheelchair"), ("A2", "companion")):
            session.execute(update(Seat).where(Seat.label == label).values(kind=kind))
        announce_change(session)

    services.transactions.write(make_places)
    answer = shop.try_hold("A2")
    assert (refused(answer), answer.json["seats"]) == ((409, "companion_alone"), ["A2"])
    assert shop.try_hold("A1", "A2").status_code == 201


@on_one_database
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"seats": [], "best_available": {"count": 1}}, ""),
        ({"best_available": {}}, "best_available"),
        ({"best_available": {"count": 2, "ticket_types": ["adult"]}}, "best_available"),
        ({"best_available": {"count": 0}}, "best_available.count"),
        ({"seats": [{"label": "A1", "colour": "red"}]}, "seats.0.colour"),
        ({"seats": [{"label": "A\x00"}]}, "seats.0"),
        ({"seats": [{"label": "A1"}], "channel": "given"}, "channel"),
        ({"seats": [{"label": "A1"}], "screening": "1"}, "screening"),
    ],
)
def test_what_does_not_say_which_seats_is_refused(shop: Shop, body: dict, field: str) -> None:
    answer = shop.post("/holds", **{"screening": shop.house.lettered, **body})
    assert refused(answer) == (422, "invalid_values")
    assert field in [fault["field"] for fault in answer.json["errors"]]


def test_the_box_office_chooses_the_best_seats(shop: Shop) -> None:
    told = shop.hold(seats=None, best_available={"ticket_types": ["adult", "child"], "zone": "standard"})
    assert len(told["seats"]) == 2
    assert {seat["zone"] for seat in told["seats"]} == {"standard"}
    assert sorted(seat["ticket_type"] for seat in told["seats"]) == ["adult", "child"]
    labels = [seat["label"] for seat in told["seats"]]
    assert labels == sorted(labels)
    assert int(labels[1][1]) - int(labels[0][1]) == 1
    assert shop.hold(seats=None, best_available={"count": 2})["state"] == "held"
    answer = shop.try_hold(seats=None, best_available={"count": 5, "split": True})
    assert refused(answer) == (409, "not_enough_seats")


def test_only_staff_sells_at_the_counter(
    shop: Shop, signed_in: Headers, staff: Staff, program: Program, services: Services
) -> None:
    assert refused(shop.try_hold("A2", channel="counter")) == (401, "not_signed_in")
    assert refused(shop.try_hold("A2", channel="counter", headers=signed_in)) == (403, "scope_missing")
    assert refused(shop.try_hold("A2", channel="counter", headers=program("orders:read"))) == (
        403,
        "scope_missing",
    )
    # Leaves A1 alone: the counter may.
    told = shop.hold("A2", channel="counter", headers=staff("counter"))
    events = services.transactions.read(lambda s: list(s.scalars(select(OrderEvent))))
    assert [(event.actor, event.to_state) for event in events] == [("counter@example.com", "held")]
    order = services.transactions.read(
        lambda s: s.scalars(select(Order).where(Order.code == told["code"])).one()
    )
    assert order.user_id is None


def test_a_program_holds_for_its_buyers_with_a_secret(
    shop: Shop, program: Program, services: Services
) -> None:
    told = shop.hold("A1", "A2", headers=program("sales"))
    assert shop.get(f"/holds/{told['code']}", with_secret(told)).status_code == 200
    actor = services.transactions.read(lambda s: s.scalars(select(OrderEvent.actor)).one())
    assert actor == "key Website"


def test_the_same_request_sent_twice_makes_one_hold(shop: Shop, services: Services) -> None:
    first = shop.try_hold("A1", "A2", headers=KEY)
    again = shop.try_hold("A1", "A2", headers=KEY)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert services.transactions.read(lambda s: count_rows(s, Order)) == 1
    assert refused(shop.try_hold("A3", "A4", headers=KEY)) == (422, "idempotency_key_reused")


def test_a_hold_can_be_for_other_seats_all_or_nothing(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/holds/{told['code']}"
    shop.hold("B1", "B2")
    with clock_at(NOW + timedelta(minutes=3)):
        changed = shop.patch(path, mine, seats=[{"label": "A2", "ticket_type": "child"}, {"label": "A1"}])
        assert changed.status_code == 200
        assert changed.json["total"] == uah(PRICE_A + 100)
        assert changed.json["expires_at"] == told["expires_at"]
        assert changed.headers["ETag"] == shop.get(path, mine).headers["ETag"]
        answer = shop.patch(path, mine, seats=[{"label": "A2"}, {"label": "B1"}])
        assert (refused(answer), answer.json["seats"]) == ((409, "unavailable"), ["B1"])
        assert shop.get(path, mine).json == changed.json
        assert refused(shop.patch(path, mine, seats=[{"label": "A1"}, {"label": "A3"}])) == (409, "orphan")
        changed = shop.patch(path, mine, seats=[{"label": label} for label in ("A3", "A4")])
        assert [seat["label"] for seat in changed.json["seats"]] == ["A3", "A4"]
        assert shop.try_hold("A1", "A2").status_code == 201


def test_a_change_is_refused_where_the_hold_is_not_as_it_was_seen(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/holds/{told['code']}"
    seen = shop.get(path, mine).headers["ETag"]
    assert (
        shop.patch(path, {**mine, "If-Match": seen}, seats=[{"label": "A3"}, {"label": "A4"}]).status_code
        == 200
    )
    answer = shop.patch(path, {**mine, "If-Match": seen}, seats=[{"label": "A1"}, {"label": "A2"}])
    assert refused(answer) == (412, "changed_meanwhile")
    assert [seat["label"] for seat in shop.get(path, mine).json["seats"]] == ["A3", "A4"]


def test_a_hold_is_extended_by_one_action_ten_times(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/holds/{told['code']}/extensions"
    for number in range(1, 11):
        with clock_at(NOW + number * timedelta(minutes=9)):
            answer = shop.post(path, mine)
            assert answer.status_code == 200
            assert answer.json["extensions_left"] == 10 - number
    assert answer.json["expires_at"] == "2030-05-17T13:40:00+03:00"
    with clock_at(NOW + timedelta(minutes=91)):
        assert refused(shop.post(path, mine)) == (409, "too_many_extensions")


def test_an_extension_that_is_sent_twice_counts_once(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    headers = {**with_secret(told), **KEY}
    for _ in range(2):
        answer = shop.post(f"/holds/{told['code']}/extensions", headers)
        assert answer.json["extensions_left"] == 9


def test_a_hold_is_not_extended_while_the_house_is_selling_out(shop: Shop, services: Services) -> None:
    services.transactions.write(lambda s: s.execute(update(Cinema).values(selling_out_percent=50)))
    told = shop.hold("A1", "A2", "A3")
    answer = shop.post(f"/holds/{told['code']}/extensions", with_secret(told))
    assert refused(answer) == (409, "selling_out")


def test_a_released_hold_is_free_at_once_and_stays_released(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/holds/{told['code']}"
    for _ in range(2):
        assert shop.delete(path, mine).status_code == 204
    assert shop.try_hold("A1", "A2").status_code == 201
    now = shop.get(path, mine).json
    assert (now["state"], now["expires_at"], now["warn_at"], now["extensions_left"]) == (
        "cancelled",
        None,
        None,
        0,
    )
    assert now["outstanding"] == uah(0)
    assert set(now["links"]) == {"self", "screening"}
    assert refused(shop.post(f"{path}/extensions", mine)) == (409, "step_not_allowed")


def test_a_hold_that_ran_out_is_free_at_that_instant(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    mine, path = with_secret(told), f"/holds/{told['code']}"
    with clock_at(LATER - timedelta(seconds=1)):
        assert shop.get(path, mine).json["state"] == "held"
        assert refused(shop.try_hold("A1", "A2")) == (409, "unavailable")
    with clock_at(LATER):
        now = shop.get(path, mine).json
        assert (now["state"], now["expires_at"], now["outstanding"]) == ("expired", None, uah(0))
        assert refused(shop.post(f"{path}/extensions", mine)) == (409, "hold_expired")
        assert refused(shop.patch(path, mine, seats=[{"label": "A1"}])) == (409, "hold_expired")
        assert shop.try_hold("A1", "A2").status_code == 201


def test_how_long_and_how_many_is_configured(shop: Shop, open_app: OpenApp) -> None:
    app: APIFlask = open_app(hold_minutes=3, hold_extensions_max=0, seats_per_order_max=2)
    client = app.test_client()
    seats = [{"label": label} for label in ("A1", "A2", "A3")]
    assert refused(client.post(f"{API}/holds", json={"screening": shop.house.lettered, "seats": seats})) == (
        422, "too_many",
    )  # fmt: skip
    told = client.post(f"{API}/holds", json={"screening": shop.house.lettered, "seats": seats[:2]}).json
    assert (told["expires_at"], told["extensions_left"]) == ("2030-05-17T12:03:00+03:00", 0)


def test_a_moved_or_unknown_code_is_not_found_in_any_spelling(shop: Shop) -> None:
    told = shop.hold("A1", "A2")
    assert shop.get(f"/holds/{told['code'].lower()}", with_secret(told)).status_code == 200
    for code in ("K7RM2X9QTD", "%00", "ß", "a" * 400):
        assert refused(shop.get(f"/holds/{code}", with_secret(told))) == (404, "order_not_found")


def test_a_cancelled_screening_says_so(shop: Shop, services: Services) -> None:
    told = shop.hold("A1", "A2")
    services.transactions.write(
        lambda s: s.execute(
            update(Screening).where(Screening.id == shop.house.lettered).values(cancelled_at=NOW)
        )
    )
    assert shop.get(f"/holds/{told['code']}", with_secret(told)).json["screening"]["cancelled"] is True
    assert refused(shop.try_hold("A3", "A4")) == (409, "closed")


def test_the_api_as_given_sells_round_a_hold(shop: Shop, buyer: Buyer, house: House) -> None:
    def offered() -> list[str]:
        for film in shop.client.get("/getDay?date=2030-05-18").json["day"]:
            if film["title"] == "Café":
                return [str(number) for number in film["aviableTikets"]]
        raise AssertionError("not on that day")

    def buy(number: str):
        values = {"token": buyer.token, "username": buyer.username, "date": "2030-05-18", "title": "Caf%C3%A9",
                  "time": "20:30", "number": number}  # fmt: skip
        return shop.client.post("/buyTicket", headers=values)

    assert offered() == ["A1", "A2", "A3", "A4", "B1", "B2"]
    shop.hold("A1", "A2")
    assert offered() == ["A3", "A4", "B1", "B2"]
    assert (buy("A1").status_code, buy("A1").json) == (404, {"message": "Seat not found"})
    assert buy("A3").status_code == 200
    answer = shop.try_hold("A3", "A4")
    assert (refused(answer), answer.json["seats"]) == ((409, "unavailable"), ["A3"])
    with clock_at(LATER):
        assert offered() == ["A1", "A2", "A4", "B1", "B2"]
        assert buy("A1").status_code == 200
