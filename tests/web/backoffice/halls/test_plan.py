"""POST /backoffice/at/<cinema>/halls/<id>/plan: the editor saves."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from matinee.programme.models import Hall, Seat
from tests.boxoffice.selling import Sale
from tests.building import on_one_database
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice
from tests.web.backoffice.halls.test_halls import hall_id

Plan = dict[str, Any]


def config(office: Office, one: int) -> dict[str, Any]:
    """What the page tells its scripts."""
    page = office.get(f"{CINEMA}/halls/{one}").text
    found = re.search(r'data-plan="([^"]*)"', page)
    assert found
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


def save(office: Office, one: int, plan: Any) -> TestResponse:
    body = plan if isinstance(plan, bytes) else json.dumps(plan).encode()
    return office.client.post(
        f"{CINEMA}/halls/{one}/plan",
        data=body,
        headers={
            "X-CSRFToken": office.token(),
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
    )


def sent(plan: Plan, **changed: Any) -> Plan:
    return {name: plan[name] for name in ("version", "curve", "focus", "seats")} | changed


def test_the_page_tells_the_plan_and_what_is_sold(office: OpenOffice, sale: Sale) -> None:
    sale.sold("A2")
    told = config(office("programmer"), hall_id(sale, "Hall 10"))["plan"]
    assert told["seats"][0] == ["A1", "A", "1", 0, 0, "standard", "standard", ""]
    assert (told["sold"], told["curve"], told["focus"]) == ({"A2": 1}, 0, None)


def test_what_was_drawn_is_saved_with_a_new_version(office: OpenOffice, sale: Sale) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    plan = config(manager, one)["plan"]
    seats = [
        *plan["seats"][:5],
        ["C1", "C", "1", 0, 2, "wheelchair", "front", ""],
        ["C2", "C", "2", 1, 2, "companion", "front", "broken"],
    ]
    answer = save(manager, one, sent(plan, seats=seats, curve=35, focus="A2"))
    assert answer.status_code == 200
    assert answer.json["version"] != plan["version"]
    assert answer.json["version"] == config(manager, one)["plan"]["version"]
    assert (answer.json["curve"], answer.json["focus"], answer.json["not_kept_back"]) == (35, "A2", [])
    assert sorted(answer.json["seats"]) == sorted(seats)
    assert manager.trail() == [("hall.plan", f"hall:{one}")]
    hall = sale.read(lambda session: session.get_one(Hall, one))
    assert (hall.name, hall.curve, hall.focal_x) == ("Hall 10", 35, 1)


def test_of_two_editors_the_second_is_told(office: OpenOffice, sale: Sale) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    plan = config(manager, one)["plan"]
    assert save(manager, one, sent(plan, curve=10)).status_code == 200
    answer = save(manager, one, sent(plan, curve=20))
    assert (answer.status_code, answer.json["code"]) == (409, "plan_changed")
    assert "Somebody else changed this hall" in answer.json["message"]
    assert sale.read(lambda session: session.get_one(Hall, one).curve) == 10


def test_seats_that_somebody_has_are_listed_and_stay(office: OpenOffice, sale: Sale) -> None:
    order = sale.order(sale.sold("A2"))
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    plan = config(manager, one)["plan"]
    answer = save(manager, one, sent(plan, seats=[seat for seat in plan["seats"] if seat[0] != "A2"]))
    assert (answer.status_code, answer.json["code"]) == (409, "seats_in_use")
    [conflict] = answer.json["conflicts"]
    assert (conflict["seat"], conflict["order"], conflict["state"]) == ("A2", order.code, "sold")
    assert "Café" in conflict["screening"]
    assert "20:30" in conflict["screening"]
    assert manager.trail() == []
    held_back = [[*seat[:7], "broken" if seat[0] in ("A1", "A2") else ""] for seat in plan["seats"]]
    answer = save(manager, one, sent(plan, seats=held_back))
    assert answer.status_code == 200
    assert [one["seat"] for one in answer.json["not_kept_back"]] == ["A2"]


SEAT = ["Z1", "Z", "1", 0, 5, "standard", "standard", ""]


@on_one_database
@pytest.mark.parametrize(
    ("seats", "said"),
    [
        ([SEAT, SEAT], ["Several seats are called: Z1", "Several seats stand in one place: Z1"]),
        ([["", *SEAT[1:]]], ["A seat is called by letters"]),
        ([["Z 1", *SEAT[1:]]], ["A seat is called by letters"]),
        ([["x" * 13, *SEAT[1:]]], ["A seat is called by letters"]),
        ([[*SEAT[:3], -1, *SEAT[4:]]], ["A hall has at most 500 columns"]),
        ([[*SEAT[:3], 500, *SEAT[4:]]], ["A hall has at most 500 columns"]),
        ([[*SEAT[:4], 1000, *SEAT[5:]]], ["A hall has at most 500 columns"]),
        ([[*SEAT[:5], "throne", *SEAT[6:]]], ["There is no such kind of seat"]),
        ([[*SEAT[:6], "a:b", ""]], ["A zone has a name"]),
        ([[*SEAT[:6], "a\x00", ""]], ["A zone has a name"]),
        ([[*SEAT[:7], "gone"]], ["A seat can be for sale"]),
        ([["Z1", "Z\x00", *SEAT[2:]]], ["Rows and places"]),
        (
            [[f"Z{n}", "Z", str(n), n % 500, n // 500, *SEAT[5:]] for n in range(1, 10_001)],
            ["at most 9999 seats"],
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_why(
    office: OpenOffice, sale: Sale, seats: list[Any], said: list[str]
) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    plan = config(manager, one)["plan"]
    answer = save(manager, one, sent(plan, seats=[*plan["seats"], *seats]))
    assert (answer.status_code, answer.json["code"]) == (422, "faulty_plan")
    for sentence in said:
        assert any(sentence in problem for problem in answer.json["problems"]), answer.json
    count = sale.read(lambda s: len(s.scalars(select(Seat.id).where(Seat.hall_id == one)).all()))
    assert count == 6


@on_one_database
@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"null", b"\xff", b"[" * 100_000, {"version": 1, "curve": 0, "focus": None, "seats": []},
        {"version": "x", "curve": "0", "focus": None, "seats": []}, {"version": "x", "curve": 0, "focus": 1, "seats": []},
        {"version": "x", "curve": True, "focus": None, "seats": []},
        {"version": "x", "curve": 10**30, "focus": None, "seats": []},
        {"version": "x", "curve": 0, "focus": None, "seats": {}}, {"version": "x", "curve": 0, "focus": None, "seats": [[]]},
        {"version": "x", "curve": 0, "focus": None, "seats": [[*SEAT[:3], 1.5, *SEAT[4:]]]},
        {"version": "x", "curve": 0, "focus": None, "seats": [[1, *SEAT[1:]]]},
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(office: OpenOffice, sale: Sale, body: Any) -> None:
    answer = save(office("manager"), hall_id(sale, "Hall 10"), body)
    assert (answer.status_code, answer.json["code"]) == (400, "no_plan")


@on_one_database
def test_the_curve_and_the_best_seat_are_looked_at(office: OpenOffice, sale: Sale) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    plan = config(manager, one)["plan"]
    answer = save(manager, one, sent(plan, curve=101, focus="Q9"))
    assert answer.json["problems"] == [
        "The curve is a number from 0 to 100.",
        "The best seat is not in the hall: 'Q9'",
    ]


@on_one_database
def test_a_large_hall_is_saved_in_one_piece(office: OpenOffice, sale: Sale) -> None:
    manager = office("manager")
    manager.post(f"{CINEMA}/halls/new", {"name": "Arena", "turnaround": "20"})
    one = hall_id(sale, "Arena")
    seats = [
        [f"R{n // 100}-{n % 100}", f"R{n // 100}", str(n % 100), n % 100, n // 100, "premium", "the front", "house"]
        for n in range(9_999)
    ]  # fmt: skip
    answer = save(manager, one, sent(config(manager, one)["plan"], seats=seats))
    assert answer.status_code == 200
    assert len(answer.json["seats"]) == 9_999


def test_other_cinemas_halls_and_other_people_are_refused(office: OpenOffice, sale: Sale) -> None:
    plan = {"version": "x", "curve": 0, "focus": None, "seats": []}
    answer = save(office("manager"), hall_id(sale, "Saal"), plan)
    assert (answer.status_code, answer.json["code"]) == (404, "hall_not_found")
    assert save(office("counter"), hall_id(sale, "Hall 10"), plan).status_code == 403
