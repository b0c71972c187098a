"""Signed codes through the API: the public keys, and what a scanner read."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.tickets.codes import ticket_code
from matinee.tickets.signing import rotate_key
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House
from tests.web.v1.conftest import Staff

KEYS = "/api/v1/ticket-keys"
ADMISSIONS = "/api/v1/admissions"


def codes(services: Services, house: House, buyer: Buyer) -> list[str]:
    """What the QR codes of two sold tickets hold."""
    Sale(services, house, buyer).sold("A1", "A2")
    # The first key is made before the transaction that reads.
    services.seal(b"any")

    def read(session: Session) -> list[str]:
        tickets = session.scalars(select(Ticket).order_by(Ticket.seat_id))
        return [ticket_code("http://testserver", ticket, seal=services.seal) for ticket in tickets]

    return services.transactions.read(read)


def test_every_key_is_told_to_everybody_and_no_secret(client: FlaskClient, services: Services) -> None:
    assert client.get(KEYS).json == {"keys": []}
    services.seal(b"one")
    services.transactions.write(lambda s: rotate_key(s, box=services.secret_box, now=NOW))
    found = client.get(KEYS).json["keys"]
    assert len(found) == 2
    assert sum(key["retired_at"] is None for key in found) == 1
    assert all(set(key) == {"id", "public_key", "created_at", "retired_at"} for key in found)


def test_a_scanner_sends_what_it_read(
    client: FlaskClient, services: Services, house: House, buyer: Buyer, staff: Staff
) -> None:
    first, second = codes(services, house, buyer)
    usher = staff("usher")
    assert client.post(ADMISSIONS, json={"ticket": first}, headers=usher).status_code == 201
    assert client.post(ADMISSIONS, json={"ticket": first}, headers=usher).status_code == 409
    forged = second[:-3] + ("AAA" if not second.endswith("AAA") else "BBB")
    for nothing in (forged, second[:-1], "https://example.org/", "x" * 200, "K3V9X2M7Q4T8R1WZ"):
        answer = client.post(ADMISSIONS, json={"ticket": nothing}, headers=usher)
        assert (answer.status_code, answer.json["code"]) == (404, "ticket_not_found"), nothing
    services.transactions.write(lambda s: rotate_key(s, box=services.secret_box, now=NOW))
    assert client.post(ADMISSIONS, json={"ticket": second}, headers=usher).status_code == 201
