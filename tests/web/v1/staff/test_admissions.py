"""GET and POST /admissions, DELETE /admissions/{ticket}"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matinee.boxoffice.models import Order, OrderEvent
from matinee.programme.models import Screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, clock_at, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/admissions"


@pytest.fixture
def usher(staff: Staff) -> Headers:
    return staff("usher")


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def sold(sale: Sale, *labels: str) -> list[str]:
    """The ids of tickets that were bought just now."""
    order_id = sale.hold(*labels)
    sale.pay(order_id)
    return [ticket.id for ticket in sale.tickets(order_id).values()]


def scan(client: FlaskClient, ticket: str, headers: Headers, **more: Any) -> Any:
    return client.post(PATH, json={"ticket": ticket, **more}, headers=headers)


def test_a_ticket_is_let_in_once(client: FlaskClient, sale: Sale, usher: Headers) -> None:
    (ticket,) = sold(sale, "A1")
    first = scan(client, ticket, usher)
    assert first.status_code == 201
    assert (first.json["seat"], first.json["hall"], first.json["admitted_by"]) == (
        "A1", "Hall 10", "usher@example.com",
    )  # fmt: skip
    second = scan(client, ticket, usher)
    assert (second.status_code, second.json["code"]) == (409, "already_admitted")
    assert second.json["admitted_at"] == "2030-05-17T09:00:00Z"


def test_a_scan_that_is_sent_again_is_not_a_second_guest(
    client: FlaskClient, sale: Sale, usher: Headers
) -> None:
    (ticket,) = sold(sale, "A1")
    keyed = {**usher, "Idempotency-Key": "scan-1"}
    assert scan(client, ticket, keyed).json == scan(client, ticket, keyed).json


def test_a_ticket_that_was_given_back_lets_nobody_in(client: FlaskClient, sale: Sale, usher: Headers) -> None:
    order_id = sale.hold("A1")
    sale.pay(order_id)
    (ticket,) = sale.tickets(order_id).values()
    sale.refund(order_id)
    answer = scan(client, ticket.id, usher)
    assert (answer.status_code, answer.json["code"], answer.json["state"]) == (
        409,
        "ticket_not_valid",
        "refunded",
    )
    unknown = scan(client, "NOSUCHTICKET0000", usher)
    assert (unknown.status_code, unknown.json["code"]) == (404, "ticket_not_found")


def test_one_that_is_still_to_be_paid_is_let_in_only_on_purpose(
    client: FlaskClient, sale: Sale, usher: Headers
) -> None:
    order_id = sale.hold("A1")
    sale.pay(order_id)
    # As the purchase calls of the API as given, which take no money, leave it.
    unpaid = update(Order).where(Order.id == order_id).values(state="due", paid_amount=0)
    sale.write(lambda session: session.execute(unpaid))
    (ticket,) = sale.tickets(order_id).values()
    answer = scan(client, ticket.id, usher)
    assert (answer.status_code, answer.json["code"]) == (409, "ticket_unpaid")
    assert client.get(PATH, headers=usher).json["items"] == []
    assert scan(client, ticket.id, usher, accept_unpaid=True).status_code == 201


def test_who_comes_at_the_wrong_time_is_let_in_with_a_warning(
    client: FlaskClient, services: Services, house: House, sale: Sale, usher: Headers
) -> None:
    early, in_time, late = sold(sale, "A1", "A2", "A3")
    starts_at = services.transactions.read(lambda s: s.get_one(Screening, house.lettered).starts_at)
    warnings = [scan(client, early, usher).json["warning"]]
    # Before the session of the usher ends, which lasts for a day.
    services.transactions.write(lambda s: shift(s, house.lettered, NOW + timedelta(hours=4) - starts_at))
    for ticket, hours in ((in_time, 3), (late, 6)):
        with clock_at(NOW + timedelta(hours=hours)):
            warnings.append(scan(client, ticket, usher).json["warning"])
    assert warnings == ["early", None, "over"]


def test_an_admission_is_taken_back_with_a_note_and_the_ticket_works_again(
    client: FlaskClient, services: Services, sale: Sale, usher: Headers
) -> None:
    (ticket,) = sold(sale, "A1")
    scan(client, ticket, usher)
    assert client.delete(f"{PATH}/{ticket}?note=wrong+door", headers=usher).status_code == 204
    notes = services.transactions.read(lambda s: s.scalars(select(OrderEvent.note)).all())
    assert notes[-1] == (
        "A1: admitted at 2030-05-17 09:00:00 UTC by usher@example.com; taken back. wrong door"
    )
    again = client.delete(f"{PATH}/{ticket}", headers=usher)
    assert (again.status_code, again.json["code"]) == (404, "admission_not_found")
    assert scan(client, ticket, usher).status_code == 201


def test_admissions_of_a_screening_are_listed_in_pages(
    client: FlaskClient, house: House, sale: Sale, usher: Headers
) -> None:
    tickets = sold(sale, "A1", "A2", "A3")
    for ticket in tickets:
        scan(client, ticket, usher)
    page = client.get(f"{PATH}?screening={house.lettered}&limit=2", headers=usher).json
    rest = client.get(
        f"{PATH}?screening={house.lettered}&limit=2&cursor={page['next_cursor']}", headers=usher
    ).json
    assert [each["ticket"] for each in page["items"] + rest["items"]] == sorted(tickets)
    assert rest["next_cursor"] is None
    assert client.get(f"{PATH}?screening={house.first_hall}", headers=usher).json["items"] == []


@on_one_database
def test_only_who_lets_people_in_does(client: FlaskClient, house: House, staff: Staff) -> None:
    headers = staff("programmer")
    assert scan(client, "X", headers).json["scope"] == "admissions:write"
    assert client.get(PATH, headers=headers).status_code == 403
    assert client.delete(f"{PATH}/X", headers=headers).status_code == 403


def shift(session, screening_id: int, by: timedelta) -> None:
    screening = session.get_one(Screening, screening_id)
    screening.starts_at += by
    screening.ends_at += by
