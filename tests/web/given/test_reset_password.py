"""POST /resetPassword and /reset-password, and the form for a browser"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from matinee.accounts.codes import WRONG_TRIES_MAX
from matinee.accounts.throttling import LIMITS
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, add_buyer, clock_at, mailed_codes, on_one_database
from tests.web.conftest import OpenApp

NEW_PASSWORD = "a new passphrase"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
DONE = (200, {"message": "Password reset successfully"})
WRONG = (400, {"message": "Wrong secret code"})


@pytest.fixture
def code(client: FlaskClient, services: Services, buyer: Buyer) -> str:
    """A fresh code of the buyer."""
    assert client.post("/forgotPassword", query_string={"username": buyer.username}).status_code == 200
    return services.transactions.read(lambda session: mailed_codes(session, "reset_password"))[-1]


def reset(client: FlaskClient, code: str, password: str = NEW_PASSWORD, **more: str) -> tuple[int, object]:
    values = {"username": "user@example.com", "password": password, "secret_code": code, **more}
    answer = client.post("/resetPassword", query_string=values)
    return answer.status_code, answer.json


def can_log_in(client: FlaskClient, password: str) -> bool:
    answer = client.post("/login", query_string={"username": "user@example.com", "password": password})
    return answer.status_code == 200


@on_one_database
@pytest.mark.parametrize("path", ["/resetPassword", "/reset-password"])
@pytest.mark.parametrize("form", ["query_string", "json", "data"])
def test_the_code_sets_a_new_password(client: FlaskClient, code: str, path: str, form: str) -> None:
    values = {"username": "user@example.com", "password": NEW_PASSWORD, "secret_code": code}
    answer = client.post(path, **{form: values})
    assert (answer.status_code, answer.json) == DONE
    assert can_log_in(client, NEW_PASSWORD)
    assert not can_log_in(client, PASSWORD)


def test_every_session_of_the_user_ends_and_no_other(
    client: FlaskClient, services: Services, buyer: Buyer, code: str
) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    second = client.post("/login", query_string={"username": buyer.username, "password": PASSWORD}).json[
        "token"
    ]
    assert reset(client, code) == DONE
    for username, token, valid in (
        (buyer.username, buyer.token, "Token not valid"),
        (buyer.username, second, "Token not valid"),
        (other.username, other.token, "Token valid"),
    ):
        answer = client.get("/checkToken", query_string={"username": username, "token": token})
        assert answer.json == {"message": valid}


def test_a_code_works_once_and_ends_the_others(client: FlaskClient, services: Services, code: str) -> None:
    client.post("/forgotPassword?username=user@example.com")
    newer = services.transactions.read(lambda session: mailed_codes(session, "reset_password"))[-1]
    assert reset(client, code) == DONE
    assert reset(client, code, "yet another one") == WRONG
    assert reset(client, newer, "yet another one") == WRONG
    assert can_log_in(client, NEW_PASSWORD)


def test_an_unknown_name_is_told_first(client: FlaskClient, code: str) -> None:
    for password in (NEW_PASSWORD, "short"):
        answer = reset(client, "WRONG", password, username="nobody@example.com")
        assert answer == (404, {"message": "User not found"})


def test_a_wrong_code_is_told_before_a_weak_password(client: FlaskClient, code: str) -> None:
    assert reset(client, "WRONG", "short") == WRONG


@on_one_database
@pytest.mark.parametrize("weak", ["short", "password123", "user@example.com", "x" * 257])
def test_a_weak_password_is_refused_and_the_code_stays_good(
    client: FlaskClient, code: str, weak: str
) -> None:
    status, body = reset(client, code, weak)
    assert (status, body["message"]) == (400, "Bad request")
    assert body["detail"]
    assert can_log_in(client, PASSWORD)
    assert reset(client, code) == DONE


def test_after_five_wrong_tries_the_code_is_dead(client: FlaskClient, code: str) -> None:
    for _ in range(WRONG_TRIES_MAX):
        assert reset(client, "WRONG") == WRONG
    assert reset(client, code) == WRONG
    assert can_log_in(client, PASSWORD)


def test_a_code_is_valid_for_an_hour(client: FlaskClient, code: str) -> None:
    with clock_at(NOW + timedelta(hours=1)):
        assert reset(client, code) == WRONG
    with clock_at(NOW + timedelta(minutes=59, seconds=59)):
        assert reset(client, code) == DONE


def test_a_code_that_confirms_an_address_sets_no_password(client: FlaskClient, services: Services) -> None:
    client.post("/register", query_string={"username": "user@example.com", "password": PASSWORD})
    (confirming,) = services.transactions.read(mailed_codes)
    assert reset(client, confirming) == WRONG


def test_the_code_of_somebody_else_does_not_work(client: FlaskClient, services: Services, code: str) -> None:
    services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    assert reset(client, code, username="other@example.com") == WRONG


@on_one_database
def test_missing_values_are_a_bad_request(client: FlaskClient, code: str) -> None:
    for left_out in ("username", "password", "secret_code"):
        status, body = reset(client, code, **{left_out: ""})
        assert (status, body["message"]) == (400, "Bad request")
        assert left_out in body["detail"]


@on_one_database
def test_a_browser_gets_a_form_and_a_program_405(client: FlaskClient, buyer: Buyer) -> None:
    page = client.get("/resetPassword?username=user@example.com", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert 'value="user@example.com"' in page.text
    refused = client.get("/resetPassword?username=user@example.com")
    assert refused.status_code == 405
    assert refused.is_json


def test_the_form_tells_what_is_wrong_and_then_sets_the_password(client: FlaskClient, code: str) -> None:
    form = {"username": "user@example.com", "password": NEW_PASSWORD, "secret_code": "WRONG"}
    wrong = client.post("/resetPassword", data=form, headers=BROWSER)
    assert (wrong.status_code, wrong.mimetype) == (400, "text/html")
    assert "Wrong secret code" in wrong.text
    assert NEW_PASSWORD not in wrong.text
    done = client.post("/resetPassword", data={**form, "secret_code": code}, headers=BROWSER)
    assert (done.status_code, done.mimetype) == (200, "text/html")
    assert can_log_in(client, NEW_PASSWORD)


def test_too_many_tries_are_refused(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    for _ in range(LIMITS["try_code"][0].amount):
        assert reset(client, "WRONG") == WRONG
    assert reset(client, "WRONG") == (429, {"message": "Too many attempts"})
