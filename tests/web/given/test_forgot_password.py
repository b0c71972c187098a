"""POST /forgotPassword and /forgot-password"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.accounts.throttling import LIMITS
from matinee.web.shared.services import Services
from tests.building import Buyer, mail_kinds, mailed_codes, on_one_database
from tests.web.conftest import OpenApp


@pytest.mark.parametrize("path", ["/forgotPassword", "/forgot-password"])
def test_a_secret_code_is_mailed(client: FlaskClient, services: Services, buyer: Buyer, path: str) -> None:
    named = {"username": "User@example.com"}
    for answer in (
        client.post(path, query_string=named),
        client.post(path, json=named),
        client.post(path, data=named),
    ):
        assert (answer.status_code, answer.json) == (200, {"message": "Email sent successfully"})
    assert services.transactions.read(mail_kinds) == ["reset_password"] * 3
    codes = services.transactions.read(lambda session: mailed_codes(session, "reset_password"))
    assert len(set(codes)) == 3


def test_an_unknown_name(client: FlaskClient, services: Services) -> None:
    answer = client.post("/forgotPassword?username=nobody@example.com")
    assert (answer.status_code, answer.json) == (404, {"message": "User not found"})
    assert services.transactions.read(mail_kinds) == []


@on_one_database
def test_a_missing_or_malformed_name(client: FlaskClient) -> None:
    for query in ("", "?username=", "?username=nobody"):
        answer = client.post("/forgotPassword" + query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


def test_both_paths_share_one_limit(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    limit = LIMITS["send_code"][0].amount
    paths = ["/forgotPassword", "/forgot-password"] * limit
    codes = [client.post(path + "?username=user@example.com").status_code for path in paths[: limit + 1]]
    assert codes == [200] * limit + [429]


@on_one_database
def test_get_is_refused(client: FlaskClient) -> None:
    assert client.get("/forgotPassword?username=user@example.com").status_code == 405
