"""POST and PUT /password-resets"""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import PASSWORD, Buyer, mail_kinds, mailed_codes
from tests.web.v1.conftest import Headers

PATH = "/api/v1/password-resets"
NEW_PASSWORD = "a new passphrase"


def code_for(client: FlaskClient, services: Services, buyer: Buyer) -> str:
    assert client.post(PATH, json={"username": buyer.username}).status_code == 202
    (code,) = services.transactions.read(lambda session: mailed_codes(session, "reset_password"))
    return code


def reset(client: FlaskClient, buyer: Buyer, code: str, password: str = NEW_PASSWORD) -> tuple[int, Any]:
    answer = client.put(PATH, json={"username": buyer.username, "code": code, "password": password})
    return answer.status_code, answer.json["code"] if answer.data else None


def logs_in(client: FlaskClient, buyer: Buyer, password: str) -> bool:
    answer = client.post("/api/v1/sessions", json={"username": buyer.username, "password": password})
    return bool(answer.status_code == 201)


def test_the_mailed_code_sets_a_new_password_and_ends_every_session(
    client: FlaskClient, services: Services, buyer: Buyer, signed_in: Headers
) -> None:
    code = code_for(client, services, buyer)
    assert reset(client, buyer, code) == (204, None)
    assert client.get("/api/v1/me", headers=signed_in).status_code == 401
    assert (logs_in(client, buyer, PASSWORD), logs_in(client, buyer, NEW_PASSWORD)) == (False, True)
    assert reset(client, buyer, code) == (422, "wrong_code")


def test_a_weak_password_leaves_the_code_good(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    code = code_for(client, services, buyer)
    assert reset(client, buyer, code, "short") == (422, "weak_password")
    assert reset(client, buyer, code) == (204, None)


def test_nobody_learns_whether_there_is_an_account(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    known = client.post(PATH, json={"username": buyer.username})
    unknown = client.post(PATH, json={"username": "nobody@example.com"})
    assert (unknown.status_code, unknown.data) == (known.status_code, known.data) == (202, b"")
    assert services.transactions.read(mail_kinds) == ["reset_password"]
    answer = client.put(PATH, json={"username": "nobody@example.com", "code": "X", "password": NEW_PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_code")


def test_a_wrong_code_counts(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    code = code_for(client, services, buyer)
    for wrong in ["WRONG"] * 5 + [code]:
        assert reset(client, buyer, wrong) == (422, "wrong_code")
