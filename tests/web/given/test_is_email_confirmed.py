"""GET /isEmailConfirmed"""

from __future__ import annotations

from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import Buyer, add_buyer, on_one_database


def test_a_confirmed_address(client: FlaskClient, buyer: Buyer) -> None:
    answer = client.get("/isEmailConfirmed?username=user@example.com")
    assert (answer.status_code, answer.json) == (200, {"message": "Email confirmed"})


def test_an_address_that_is_not_confirmed(client: FlaskClient, services: Services) -> None:
    services.transactions.write(lambda session: add_buyer(session, "new@example.com", confirmed=False))
    answer = client.get("/isEmailConfirmed?username=New@example.com")
    assert (answer.status_code, answer.json) == (200, {"message": "Email not confirmed"})


def test_an_unknown_name(client: FlaskClient) -> None:
    answer = client.get("/isEmailConfirmed?username=nobody@example.com")
    assert (answer.status_code, answer.json) == (404, {"message": "User not found"})


@on_one_database
def test_a_missing_or_malformed_name(client: FlaskClient) -> None:
    for query in ("", "username=", "username=nobody", "username=a%00@example.com"):
        answer = client.get("/isEmailConfirmed?" + query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")
        assert answer.json["detail"].startswith("username")


@on_one_database
def test_post_is_refused(client: FlaskClient) -> None:
    assert client.post("/isEmailConfirmed?username=user@example.com").status_code == 405
