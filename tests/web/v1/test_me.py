"""GET /me, POST and PUT /me/confirmation"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import Buyer, add_buyer, mail_kinds, mailed_codes
from tests.web.v1.conftest import Headers, Program, bearer

PATH = "/api/v1/me/confirmation"


@pytest.fixture
def newcomer(services: Services) -> Headers:
    """The headers of somebody whose address is not confirmed."""
    new: Buyer = services.transactions.write(
        lambda session: add_buyer(session, "new@example.com", confirmed=False)
    )
    return bearer(new.token)


def test_one_reads_ones_own_account(client: FlaskClient, buyer: Buyer, signed_in: Headers) -> None:
    assert client.get("/api/v1/me", headers=signed_in).json == {
        "username": buyer.username,
        "email_confirmed": True,
        "scopes": ["me", "programme:read", "sales"],
        "created_at": "2030-05-17T09:00:00Z",
    }


def test_the_mailed_code_confirms_the_address(
    client: FlaskClient, services: Services, newcomer: Headers
) -> None:
    sent = client.post(PATH, headers=newcomer)
    assert (sent.status_code, sent.data) == (202, b"")
    (code,) = services.transactions.read(mailed_codes)
    assert client.put(PATH, json={"code": code.lower()}, headers=newcomer).status_code == 204
    assert client.get("/api/v1/me", headers=newcomer).json["email_confirmed"] is True
    for again in (
        client.post(PATH, headers=newcomer),
        client.put(PATH, json={"code": code}, headers=newcomer),
    ):
        assert (again.status_code, again.json["code"]) == (409, "email_already_confirmed")
    assert services.transactions.read(mail_kinds) == ["confirm_email"]


def test_a_code_dies_after_five_wrong_tries(
    client: FlaskClient, services: Services, newcomer: Headers
) -> None:
    client.post(PATH, headers=newcomer)
    (code,) = services.transactions.read(mailed_codes)
    for wrong in ["WRONG"] * 5 + [code]:
        answer = client.put(PATH, json={"code": wrong}, headers=newcomer)
        assert (answer.status_code, answer.json["code"]) == (422, "wrong_code")
    assert client.get("/api/v1/me", headers=newcomer).json["email_confirmed"] is False


def test_a_key_is_nobody(client: FlaskClient, program: Program) -> None:
    headers = program("sales", "keys:write")
    for answer in (client.get("/api/v1/me", headers=headers), client.post(PATH, headers=headers)):
        assert (answer.status_code, answer.json["scope"]) == (403, "me")
