"""GET /door/conflicts, POST /door/conflicts/{conflict_id}/seen"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.accounts.models import AuditEntry
from matinee.accounts.scopes import OF_ROLE
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House, clock_at, on_one_database
from tests.web.v1.conftest import Headers, Program
from tests.web.v1.staff.test_door import AT_THE_DOOR, ids_of, tell

PATH = "/api/v1/door/conflicts"


@pytest.fixture
def manager(program: Program) -> Headers:
    return program("admissions:write", "admissions:manage")


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


@pytest.fixture(autouse=True)
def _soon(_clock_stands: None) -> Iterator[None]:
    with clock_at(AT_THE_DOOR):
        yield


@pytest.fixture
def tickets(client: FlaskClient, house: House, sale: Sale, manager: Headers) -> list[str]:
    """Two that came in at the door called North; South let them in too, while it was alone, and something else."""
    tickets = ids_of(sale, sale.sold("A1", "A2"))
    scans = [{"sequence": number, "code": ticket} for number, ticket in enumerate(tickets, 1)]
    tell(client, manager, house, *scans)
    earlier = (AT_THE_DOOR - timedelta(minutes=5)).isoformat()
    alone = [
        {**scan, "offline": True, "at": earlier}
        for scan in [*scans, {"sequence": 3, "code": "NOTICKETATALL000"}]
    ]
    answer = tell(client, manager, house, *alone, device="gate-3", door="South")
    assert [one["result"] for one in answer.json["answers"]] == ["conflict"] * 3
    return tickets


def listed(client: FlaskClient, headers: Headers, query: str = "") -> Any:
    answer = client.get(f"{PATH}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_manager_sees_who_let_in_what_and_who_had_come_before(
    client: FlaskClient, house: House, manager: Headers, tickets: list[str]
) -> None:
    first, second, unknown = listed(client, manager)["items"]
    assert first == {
        "id": first["id"], "reason": "already_in", "device": "gate-3", "sequence": 1, "door": "South",
        "by": first["by"], "scanned_at": "2030-05-18T19:55:00+03:00", "received_at": "2030-05-18T20:00:00+03:00",
        "ticket_id": tickets[0], "order": first["order"], "seat": "A1",
        "screening": {"id": house.lettered, "film": "Café", "hall": "Hall 10", "starts_at": "2030-05-18T20:30:00+03:00"},
        "first_at": "2030-05-18T20:00:00+03:00", "first_door": "North", "seen_at": None, "seen_by": None,
    }  # fmt: skip
    assert (second["ticket_id"], second["reason"]) == (tickets[1], "already_in")
    assert (unknown["reason"], unknown["ticket_id"], unknown["screening"]) == ("unknown", "", None)


@pytest.mark.usefixtures("tickets")
def test_they_come_in_pages(client: FlaskClient, manager: Headers) -> None:
    first = listed(client, manager, "?limit=2")
    second = listed(client, manager, f"?limit=2&cursor={first['next_cursor']}")
    assert [one["sequence"] for one in first["items"]] == [1, 2]
    assert [one["sequence"] for one in second["items"]] == [3]
    assert second["next_cursor"] is None


@pytest.mark.usefixtures("tickets")
def test_one_that_was_looked_at_is_open_no_more(
    client: FlaskClient, manager: Headers, program: Program, services: Services
) -> None:
    one, *others = listed(client, manager)["items"]
    seen = client.post(f"{PATH}/{one['id']}/seen", headers=manager)
    assert (seen.status_code, seen.json["seen_by"]) == (200, "key Website")
    assert seen.json["seen_at"] == "2030-05-18T20:00:00+03:00"
    assert listed(client, manager)["items"] == others
    assert listed(client, manager, "?only_open=false")["items"] == [seen.json, *others]
    with clock_at(AT_THE_DOOR + timedelta(minutes=1)):
        again = client.post(f"{PATH}/{one['id']}/seen", headers=program("admissions:manage"))
    assert again.json == seen.json
    wanted = select(AuditEntry.action, AuditEntry.subject)
    rows = services.transactions.read(lambda session: session.execute(wanted).all())
    assert tuple(rows[0]) == ("door_conflict.see", f"conflict:{one['id']}")


def test_a_ticket_that_was_given_back_says_so(
    client: FlaskClient, house: House, manager: Headers, sale: Sale
) -> None:
    order_id = sale.sold("B1")
    [ticket] = ids_of(sale, order_id)
    sale.refund(order_id)
    tell(client, manager, house, {"sequence": 1, "code": ticket, "offline": True})
    [conflict] = listed(client, manager)["items"]
    assert (conflict["reason"], conflict["seat"], conflict["first_at"]) == ("refunded", "B1", None)


@on_one_database
def test_a_number_of_no_conflict_is_not_found(
    client: FlaskClient, house: House, manager: Headers, sale: Sale
) -> None:
    tell(client, manager, house, {"sequence": 1, "code": ids_of(sale, sale.sold("A1"))[0]})
    for number in (1, 99, 2**31 - 1):
        answer = client.post(f"{PATH}/{number}/seen", headers=manager)
        assert (answer.status_code, answer.json["code"]) == (404, "conflict_not_found")


@on_one_database
def test_only_managers_see_them(client: FlaskClient, program: Program) -> None:
    assert [role for role, scopes in OF_ROLE.items() if "admissions:manage" in scopes] == ["manager"]
    for send, path in ((client.get, PATH), (client.post, f"{PATH}/1/seen")):
        assert send(path).status_code == 401
        answer = send(path, headers=program("admissions:write"))
        assert (answer.status_code, answer.json["scope"]) == (403, "admissions:manage")
