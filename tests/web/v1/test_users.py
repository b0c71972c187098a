"""POST /users"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from matinee.accounts.models import User
from matinee.web.shared.services import Services
from tests.building import PASSWORD, Buyer, count_rows, mail_kinds, on_one_database
from tests.web.v1.conftest import bearer

PATH = "/api/v1/users"
NEW = {"username": "New@Example.com", "password": PASSWORD}
KEY = "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"


def register(client: FlaskClient, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    return client.post(PATH, json={**NEW, **changes}, headers=headers)


def test_whoever_registers_is_signed_in_and_gets_a_mail(client: FlaskClient, services: Services) -> None:
    answer = register(client)
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/v1/me")
    me = client.get("/api/v1/me", headers=bearer(answer.json["token"])).json
    assert (me["username"], me["email_confirmed"]) == ("new@example.com", False)
    assert services.transactions.read(mail_kinds) == ["confirm_email"]


def test_a_name_that_is_taken_is_refused(client: FlaskClient, buyer: Buyer) -> None:
    answer = register(client, username=buyer.username)
    assert (answer.status_code, answer.json["code"]) == (409, "user_exists")


@on_one_database
@pytest.mark.parametrize("password", ["short", "password", "new@example.com"])
def test_a_weak_password_is_refused(client: FlaskClient, password: str) -> None:
    answer = register(client, password=password)
    assert (answer.status_code, answer.json["code"]) == (422, "weak_password")


def test_registering_again_with_the_same_key_gives_the_same_token(
    client: FlaskClient, services: Services
) -> None:
    first, second = (register(client, {"Idempotency-Key": KEY}) for _ in range(2))
    assert (second.status_code, second.json) == (201, first.json)
    assert services.transactions.read(lambda session: count_rows(session, User)) == 1
    assert services.transactions.read(mail_kinds) == ["confirm_email"]
