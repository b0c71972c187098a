"""GET /resendEmailValidationCode"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.accounts.throttling import LIMITS
from matinee.web.shared.services import Services
from tests.building import Buyer, add_buyer, mail_kinds, mailed_codes, on_one_database
from tests.web.conftest import OpenApp

PATH = "/resendEmailValidationCode"
NEWCOMER = {"username": "new@example.com"}


@pytest.fixture(autouse=True)
def newcomer(services: Services) -> Buyer:
    return services.transactions.write(lambda session: add_buyer(session, "new@example.com", confirmed=False))


def test_each_call_mails_a_new_code_and_all_of_them_work(client: FlaskClient, services: Services) -> None:
    for _ in range(2):
        answer = client.get(PATH, query_string=NEWCOMER)
        assert (answer.status_code, answer.json) == (200, {"message": "Email sent successfully"})
    first, second = services.transactions.read(mailed_codes)
    assert first != second
    assert client.get("/confirmEmail", query_string={**NEWCOMER, "code": first}).status_code == 200


def test_an_unknown_name(client: FlaskClient) -> None:
    answer = client.get(PATH, query_string={"username": "nobody@example.com"})
    assert (answer.status_code, answer.json) == (404, {"message": "User not found"})


def test_a_confirmed_address(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    answer = client.get(PATH, query_string={"username": buyer.username})
    assert (answer.status_code, answer.json) == (400, {"message": "Email already confirmed"})
    assert services.transactions.read(mail_kinds) == []


@on_one_database
def test_a_missing_or_malformed_name(client: FlaskClient) -> None:
    for query in ("", "?username=nobody"):
        answer = client.get(PATH + query)
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


def test_head_sends_no_mail(client: FlaskClient, services: Services) -> None:
    assert client.head(PATH, query_string=NEWCOMER).status_code == 200
    assert services.transactions.read(mail_kinds) == []


def test_too_many_mails_are_refused(open_app: OpenApp, services: Services) -> None:
    clients = [open_app(ratelimit="on").test_client() for _ in range(2)]
    limit = LIMITS["send_code"][0].amount
    answers = [clients[turn % 2].get(PATH, query_string=NEWCOMER) for turn in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [200] * limit + [429]
    assert answers[-1].headers["Retry-After"].isdecimal()
    assert len(services.transactions.read(mail_kinds)) == limit


@on_one_database
def test_post_is_refused(client: FlaskClient) -> None:
    assert client.post(PATH, query_string=NEWCOMER).status_code == 405
