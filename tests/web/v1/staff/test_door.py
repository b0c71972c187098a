"""GET /door/screenings, /door/list and /door/counts, POST /door/scans"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.accounts.scopes import SCOPES
from matinee.boxoffice.models import Order
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, clock_at, on_one_database
from tests.web.v1.conftest import Headers, Program, Staff

PATH = "/api/v1/door"
AT_THE_DOOR = datetime(2030, 5, 18, 17, 0, tzinfo=UTC)
SALT = base64.urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()


@pytest.fixture
def gate(program: Program) -> Headers:
    return program("admissions:write")


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


@pytest.fixture(autouse=True)
def _soon(_clock_stands: None) -> Iterator[None]:
    with clock_at(AT_THE_DOOR):
        yield


def ids_of(sale: Sale, order_id: int) -> list[str]:
    return [ticket.id for ticket in sale.tickets(order_id).values()]


def told(house: House, *scans: dict[str, Any], **changes: Any) -> dict[str, Any]:
    now = AT_THE_DOOR.isoformat()
    return {
        "device": "gate-2", "door": "North", "device_now": now, "screenings": [house.lettered],
        "scans": [{"deed": "scan", "at": now, **scan} for scan in scans], **changes,
    }  # fmt: skip


def tell(client: FlaskClient, headers: Headers, house: House, *scans: dict[str, Any], **changes: Any) -> Any:
    return client.post(f"{PATH}/scans", json=told(house, *scans, **changes), headers=headers)


def test_a_scanner_sees_where_it_can_stand(
    client: FlaskClient, house: House, gate: Headers, sale: Sale
) -> None:
    sale.sold("A1", "A2")
    answer = client.get(f"{PATH}/screenings", headers=gate)
    assert answer.status_code == 200
    [lettered] = [one for one in answer.json["screenings"] if one["id"] == house.lettered]
    assert lettered == {
        "id": house.lettered, "film": "Café", "hall": "Hall 10", "cinema": "Одеон",
        "starts_at": "2030-05-18T20:30:00+03:00", "ends_at": "2030-05-18T22:00:00+03:00",
        "timezone": "Europe/Kyiv", "cancelled": False, "tickets": 2, "inside": 0,
    }  # fmt: skip
    counts = client.get(f"{PATH}/counts?screenings={house.lettered},99", headers=gate).json["counts"]
    assert counts == {str(house.lettered): {"tickets": 2, "inside": 0}, "99": {"tickets": 0, "inside": 0}}


def test_the_list_has_hashes_with_the_scanners_salt(
    client: FlaskClient, house: House, gate: Headers, sale: Sale
) -> None:
    [ticket] = ids_of(sale, sale.sold("B2"))
    answer = client.get(f"{PATH}/list?screenings={house.lettered}&salt={SALT}", headers=gate)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    [row] = answer.json["screenings"][0]["tickets"]
    digest = hashlib.sha256(bytes(range(16)) + ticket.encode()).digest()[:16]
    assert row[0] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert row[2:] == ["B2", "Adult", "valid", None, ""]
    assert ticket not in answer.text
    again = client.get(
        f"{PATH}/list?screenings={house.lettered}&salt={SALT}",
        headers={**gate, "If-None-Match": answer.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")


@on_one_database
@pytest.mark.parametrize(
    "query",
    [
        "salt=" + SALT,
        "screenings=1",
        "screenings=1&salt=short",
        "screenings=1,&salt=" + SALT,
        "screenings=9999999999&salt=" + SALT,
        f"screenings={','.join(['1'] * 51)}&salt={SALT}",
    ],
)
def test_a_list_of_nothing_that_there_can_be_is_refused(
    client: FlaskClient, gate: Headers, query: str
) -> None:
    answer = client.get(f"{PATH}/list?{query}", headers=gate)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_values")


def test_each_scan_is_settled_once_however_often_it_is_told(
    client: FlaskClient, house: House, gate: Headers, sale: Sale
) -> None:
    first, second = ids_of(sale, sale.sold("A1", "A2"))
    batch = ({"sequence": 1, "code": first}, {"sequence": 2, "code": second}, {"sequence": 3, "code": first})
    answer = tell(client, gate, house, *batch)
    assert answer.status_code == 200
    assert [one["result"] for one in answer.json["answers"]] == ["welcome", "welcome", "already_in"]
    assert answer.json["answers"][2]["first_door"] == "North"
    assert answer.json["counts"] == {str(house.lettered): {"tickets": 2, "inside": 2}}
    again = tell(client, gate, house, *batch)
    assert [one["result"] for one in again.json["answers"]] == ["welcome", "welcome", "already_in"]


def test_a_number_with_something_else_is_refused_and_what_came_before_it_counts(
    client: FlaskClient, house: House, gate: Headers, sale: Sale
) -> None:
    first, second = ids_of(sale, sale.sold("A1", "A2"))
    tell(client, gate, house, {"sequence": 7, "code": first})
    answer = tell(client, gate, house, {"sequence": 6, "code": second}, {"sequence": 7, "code": second})
    assert (answer.status_code, answer.json["code"]) == (409, "scan_told_differently")
    assert answer.json["sequence"] == 7
    counts = client.get(f"{PATH}/counts?screenings={house.lettered}", headers=gate).json["counts"]
    assert counts[str(house.lettered)]["inside"] == 2


def test_only_with_its_scope_lets_a_scanner_in_who_has_not_paid(
    client: FlaskClient, house: House, gate: Headers, sale: Sale, program: Program, services: Services
) -> None:
    [ticket] = ids_of(sale, sale.sold("A1"))
    services.transactions.write(lambda s: s.execute(update(Order).values(state="due", paid_amount=0)))
    let_in = {"deed": "let_in", "code": ticket}
    [answer] = tell(client, gate, house, {"sequence": 1, **let_in}).json["answers"]
    assert answer["result"] == "unpaid"
    manager = program("admissions:write", "admissions:manage")
    [answer] = tell(client, manager, house, {"sequence": 2, **let_in}).json["answers"]
    assert answer["result"] == "welcome"


@on_one_database
@pytest.mark.parametrize(
    ("scan", "field"),
    [
        ({"sequence": -1}, "scans.0.sequence"),
        ({"sequence": 2**53}, "scans.0.sequence"),
        ({"sequence": 1, "deed": "dance"}, "scans.0.deed"),
        ({"sequence": 1, "at": "yesterday"}, "scans.0.at"),
        ({"sequence": 1, "at": "2030-05-18T17:00:00"}, "scans.0.at"),
        ({"sequence": 1, "kode": "X"}, "scans.0.kode"),
    ],
)
def test_what_is_no_scan_is_refused_and_named(
    client: FlaskClient, house: House, gate: Headers, scan: dict[str, Any], field: str
) -> None:
    answer = tell(client, gate, house, scan)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == [field]


@on_one_database
def test_a_code_that_is_none_is_unknown_and_holds_nothing_up(
    client: FlaskClient, house: House, gate: Headers, sale: Sale
) -> None:
    [ticket] = ids_of(sale, sale.sold("A1"))
    garbage = [
        "",
        "\0",
        "x" * 5000,
        "http://[",
        "https://tickets.example.org/tikets/AAAAAAAAAAAAAAAA?c=1",
        "🎟" * 300,
    ]
    scans = [{"sequence": number, "code": code} for number, code in enumerate([*garbage, ticket], 1)]
    answer = tell(client, gate, house, *scans)
    assert [one["result"] for one in answer.json["answers"]] == ["unknown"] * len(garbage) + ["welcome"]


@on_one_database
@pytest.mark.parametrize("path", ["screenings", "list", "counts", "scans"])
def test_it_needs_the_scope_of_the_door(
    client: FlaskClient, house: House, program: Program, path: str
) -> None:
    send = client.post if path == "scans" else client.get
    assert send(f"{PATH}/{path}").status_code == 401
    others = set(SCOPES) - {"me", "admissions:write"}
    answer = send(f"{PATH}/{path}", headers=program(*others))
    assert (answer.status_code, answer.json["scope"]) == (403, "admissions:write")


@on_one_database
def test_no_scanner_has_to_wait_because_many_scan(client: FlaskClient, house: House, staff: Staff) -> None:
    with clock_at(NOW):
        answer = tell(client, staff("usher"), house, {"sequence": 1, "code": "X"})
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer.headers
