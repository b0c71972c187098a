"""What staff changes through the API stands in the audit log"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import matinee.web.v1
from matinee.accounts.models import AuditEntry
from matinee.web.shared.services import Services
from matinee.web.v1.audited import subject_of
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.web.v1.conftest import Headers, Program, Staff

ROOM = Path(matinee.web.v1.__file__).parent
# What a buyer or a program does for itself; what calls do beside their work.
OF_NOBODY_ELSE = {"users", "sessions", "me", "notices", "password_resets", "callers", "holds", "admissions"}


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def rows(services: Services) -> list[AuditEntry]:
    wanted = select(AuditEntry).order_by(AuditEntry.id)
    return services.transactions.read(lambda s: list(s.scalars(wanted)))


def told(services: Services) -> list[tuple[str, str, str]]:
    return [(row.actor, row.action, row.subject) for row in rows(services)]


def test_a_change_says_who_what_and_what_was_sent(
    client: FlaskClient, services: Services, house: House, staff: Staff
) -> None:
    answer = client.patch("/api/v1/cinemas/odeon", json={"name": "Odeon"}, headers=staff("manager"))
    assert answer.status_code == 200
    (row,) = rows(services)
    assert (row.actor, row.action, row.subject) == ("manager@example.com", "cinema.change", "cinema:odeon")
    assert (row.cinema_id, row.summary) == (house.cinema, "Change a cinema and how it sells")
    assert row.details == {"through": "api", "sent": {"name": "Odeon"}}


def test_what_was_made_is_named_by_where_it_is(
    client: FlaskClient, services: Services, house: House, program: Program
) -> None:
    headers = program("programme:write")
    answer = client.post("/api/v1/films", json={"title": "M", "duration_minutes": 117}, headers=headers)
    assert answer.status_code == 201
    ((actor, action, subject),) = told(services)
    assert actor.startswith("key ")
    assert (action, subject) == ("film.create", f"film:{answer.get_json()['id']}")


def test_a_request_that_is_sent_again_leaves_one_row(
    client: FlaskClient, services: Services, house: House, staff: Staff
) -> None:
    headers = {**staff("manager"), "Idempotency-Key": "f" * 20}
    for _ in range(2):
        body = {"title": "M", "duration_minutes": 117}
        assert client.post("/api/v1/films", json=body, headers=headers).status_code == 201
    assert len(rows(services)) == 1


def test_what_was_refused_or_only_read_leaves_none(
    client: FlaskClient, services: Services, house: House, staff: Staff
) -> None:
    headers = staff("manager")
    assert (
        client.patch("/api/v1/cinemas/odeon", json={"timezone": "Moon"}, headers=headers).status_code == 422
    )
    assert client.delete("/api/v1/films/9999", headers=headers).status_code == 404
    assert client.get("/api/v1/api-keys", headers=headers).status_code == 200
    assert rows(services) == []


def test_no_secret_and_no_address_stands_in_it(
    client: FlaskClient, services: Services, house: House, staff: Staff, sale: Sale
) -> None:
    order = sale.order(sale.hold("A1", known=False))
    headers = staff("manager")
    body: dict[str, Any] = {"email": "guest@elsewhere.example"}
    assert client.patch(f"/api/v1/orders/{order.code}", json=body, headers=headers).status_code == 200
    key = client.post("/api/v1/api-keys", json={"name": "till", "scopes": ["sales"]}, headers=headers)
    assert key.status_code == 201
    assert [row[1] for row in told(services)] == ["order.change", "api_key.create"]
    assert told(services)[0][2] == f"order:{order.code}"
    assert rows(services)[0].cinema_id == house.cinema
    text = " ".join(f"{row.summary} {row.details}" for row in rows(services))
    assert "guest@" not in text
    assert key.get_json()["key"] not in text


def test_buyers_leave_none(
    client: FlaskClient, services: Services, house: House, signed_in: Headers, sale: Sale
) -> None:
    order = sale.order(sale.hold("A1"))
    answer = client.patch(f"/api/v1/orders/{order.code}", json={"email": "a@b.example"}, headers=signed_in)
    assert answer.status_code == 200
    assert rows(services) == []


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("/films/7/poster", "film:7"),
        ("/cinemas/odeon/price-lists/3", "price_list:3"),
        ("/cinemas/odeon/vouchers", "cinema:odeon"),
        ("/webhook-endpoints/E/deliveries/5/redelivery", "delivery:5"),
        ("/door/conflicts/5/seen", "conflict:5"),
        ("/films", "films"),
    ],
)
def test_what_a_path_is_about(path: str, subject: str) -> None:
    assert subject_of(path) == subject


def test_every_operation_of_staff_writes_by_the_one_that_leaves_a_row() -> None:
    for path in ROOM.rglob("*.py"):
        writes = re.search(r"\.transactions\.write\b|service\.transactions\.write", path.read_text())
        allowed = path.stem in {*OF_NOBODY_ELSE, "audited", "idempotency"}
        assert allowed or not writes, path
