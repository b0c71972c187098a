"""GET /checkToken"""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, add_buyer, clock_at, on_one_database

VALID = (200, {"message": "Token valid"})
NOT_VALID = (200, {"message": "Token not valid"})


def ask(client: FlaskClient, username: str, token: str, **more: object) -> tuple[int, object]:
    answer = client.get("/checkToken", query_string={"username": username, "token": token}, **more)
    return answer.status_code, answer.json


def test_a_valid_token(client: FlaskClient, buyer: Buyer) -> None:
    assert ask(client, buyer.username, buyer.token) == VALID


def test_a_wrong_token(client: FlaskClient, buyer: Buyer) -> None:
    for token in ("x", buyer.token.swapcase(), buyer.token[:-1], buyer.token + "a", "токен", "a\x00b"):
        assert ask(client, buyer.username, token) == NOT_VALID


def test_a_token_is_valid_for_24_hours(client: FlaskClient, buyer: Buyer) -> None:
    with clock_at(NOW + timedelta(hours=24) - timedelta(seconds=1)):
        assert ask(client, buyer.username, buyer.token) == VALID
    with clock_at(NOW + timedelta(hours=24)):
        assert ask(client, buyer.username, buyer.token) == NOT_VALID


def test_the_token_of_somebody_else(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    assert ask(client, other.username, buyer.token) == NOT_VALID


def test_an_unknown_name(client: FlaskClient, buyer: Buyer) -> None:
    assert ask(client, "nobody@example.com", buyer.token) == (404, {"message": "User not found"})


def test_the_token_may_come_in_the_header_or_the_cookie(client: FlaskClient, buyer: Buyer) -> None:
    named = {"username": buyer.username}
    assert client.get("/checkToken", query_string=named).status_code == 400
    with_header = client.get("/checkToken", query_string=named, headers={"token": buyer.token})
    assert with_header.json == VALID[1]
    client.post("/login", query_string={**named, "password": PASSWORD})
    assert client.get("/checkToken", query_string=named).json == VALID[1]
    assert client.get("/checkToken", query_string={**named, "token": ""}).json == VALID[1]
    # What is given wins over the cookie.
    assert ask(client, buyer.username, "wrong") == NOT_VALID


@on_one_database
def test_missing_or_malformed_values(client: FlaskClient, buyer: Buyer) -> None:
    for query in (
        {"token": "x"},
        {"username": "nobody", "token": "x"},
        {"username": buyer.username, "token": "x" * 201},
    ):
        answer = client.get("/checkToken", query_string=query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


@on_one_database
def test_post_is_refused(client: FlaskClient) -> None:
    assert client.post("/checkToken").status_code == 405
