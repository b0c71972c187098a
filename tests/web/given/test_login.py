"""POST /login"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from argon2 import PasswordHasher, profiles
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import AttemptCount, User, UserSession
from matinee.accounts.throttling import LIMITS
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, clock_at, on_one_database
from tests.web.conftest import OpenApp

RIGHT = {"username": "user@example.com", "password": PASSWORD}
WRONG = {**RIGHT, "password": "another password"}
REFUSED = (400, {"message": "Wrong username or password"})


def test_a_login_gives_a_token_and_when_it_ends(client: FlaskClient, buyer: Buyer) -> None:
    answer = client.post("/login", query_string=RIGHT)
    assert answer.status_code == 200
    assert answer.json.keys() == {"message", "token", "validDue"}
    assert answer.json["message"] == "Logged in successfully"
    assert answer.json["validDue"] == int((NOW + timedelta(hours=24)).timestamp())
    assert client.get("/checkToken", query_string={**RIGHT, "token": answer.json["token"]}).json == {
        "message": "Token valid"
    }


def test_the_cookie_carries_the_token_until_the_session_ends(client: FlaskClient, buyer: Buyer) -> None:
    answer = client.post("/login", query_string=RIGHT)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["token"]
    assert cookie.value == answer.json["token"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["expires"] == "Sat, 18 May 2030 09:00:00 GMT"
    assert not cookie["secure"]


@on_one_database
def test_the_cookie_is_secure_on_https(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(base_url="https://tickets.example.org").test_client()
    cookie = SimpleCookie(client.post("/login", query_string=RIGHT).headers["Set-Cookie"])["token"]
    assert cookie["secure"]


def test_the_values_may_stand_in_a_json_object_or_in_a_form(client: FlaskClient, buyer: Buyer) -> None:
    assert client.post("/login", json=RIGHT).status_code == 200
    assert client.post("/login", data=RIGHT).status_code == 200
    assert client.post("/login?username=user@example.com", json={"password": PASSWORD}).status_code == 200


@on_one_database
def test_the_query_string_wins_over_the_body(client: FlaskClient, buyer: Buyer) -> None:
    assert client.post("/login", query_string=RIGHT, json=WRONG).status_code == 200
    assert client.post("/login", query_string=RIGHT, data=WRONG).status_code == 200
    assert client.post("/login", query_string=WRONG, json=RIGHT).status_code == 400


def test_letter_case_of_the_address_does_not_matter(client: FlaskClient, buyer: Buyer) -> None:
    assert client.post("/login", query_string={**RIGHT, "username": "User@Example.COM"}).status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: FlaskClient, buyer: Buyer) -> None:
    for values in (WRONG, {**RIGHT, "username": "nobody@example.com"}):
        answer = client.post("/login", query_string=values)
        assert (answer.status_code, answer.json) == REFUSED
        assert "Set-Cookie" not in answer.headers


@on_one_database
@pytest.mark.parametrize(
    "values",
    [
        {"password": PASSWORD},
        {"username": "user@example.com"},
        {**RIGHT, "password": ""},
        {**RIGHT, "username": "no address"},
        {**RIGHT, "username": "a" * 250 + "@example.com"},
        {**RIGHT, "password": "x" * 1025},
    ],
    ids=["no name", "no password", "empty password", "no address", "long name", "long password"],
)
def test_missing_or_malformed_values_are_a_bad_request(client: FlaskClient, values: dict[str, str]) -> None:
    answer = client.post("/login", query_string=values)
    assert answer.status_code == 400
    assert answer.json["message"] == "Bad request"
    assert answer.json["detail"]
    assert PASSWORD not in answer.json["detail"]


@on_one_database
@pytest.mark.parametrize(
    "body", ["{", "[1]", '"text"', "\ud800".encode("utf-8", "surrogatepass"), "[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_a_bad_request(client: FlaskClient, body: str | bytes) -> None:
    answer = client.post("/login", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


@on_one_database
@pytest.mark.parametrize("value", [1, True, ["a"], {"a": 1}, 1.5])
def test_json_values_of_another_kind_are_a_bad_request(client: FlaskClient, value: object) -> None:
    for name in RIGHT:
        answer = client.post("/login", json={**RIGHT, name: value})
        assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


def test_several_devices_can_be_signed_in(client: FlaskClient, buyer: Buyer) -> None:
    tokens = {client.post("/login", query_string=RIGHT).json["token"] for _ in range(3)} | {buyer.token}
    assert len(tokens) == 4
    for token in tokens:
        assert (
            client.get("/checkToken", query_string={**RIGHT, "token": token}).json["message"] == "Token valid"
        )


def test_only_the_hash_of_the_token_is_kept(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    token = client.post("/login", query_string=RIGHT).json["token"]
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession.token_hash)).all())
    assert hash_secret(token) in kept
    assert token not in kept


def test_the_effort_for_an_unknown_name_is_that_for_a_wrong_password(
    client: FlaskClient, services: Services, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(kept.rpartition("$")[0].rpartition("$")[0])
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    client.post("/login", query_string=WRONG)
    client.post("/login", query_string={**WRONG, "username": "nobody@example.com"})
    # One argon2id each, with the same parameters (what stands before salt and hash).
    assert len(verified) == 2
    assert verified[0] == verified[1]
    assert verified[0].startswith("$argon2id$")


def test_a_hash_of_another_cost_is_renewed_by_the_next_login(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    stale = PasswordHasher.from_parameters(replace(profiles.CHEAPEST, time_cost=2)).hash(PASSWORD)
    services.transactions.write(lambda session: session.execute(update(User).values(password_hash=stale)))
    assert client.post("/login", query_string=WRONG).status_code == 400
    assert _password_hash(services) == stale
    assert client.post("/login", query_string=RIGHT).status_code == 200
    renewed = _password_hash(services)
    assert renewed != stale
    assert not services.passwords.needs_rehash(renewed)
    assert client.post("/login", query_string=RIGHT).status_code == 200
    assert _password_hash(services) == renewed


def _password_hash(services: Services) -> str:
    return services.transactions.read(lambda session: session.scalars(select(User.password_hash)).one())


def test_too_many_attempts_are_refused_by_every_process(open_app: OpenApp, buyer: Buyer) -> None:
    clients = [open_app(ratelimit="on").test_client() for _ in range(2)]
    limit = LIMITS["login"][0].amount
    for attempt in range(limit):
        assert clients[attempt % 2].post("/login", query_string=WRONG).status_code == 400
    for client in clients:
        answer = client.post("/login", query_string=RIGHT)
        assert (answer.status_code, answer.json) == (429, {"message": "Too many attempts"})
        assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    # Another account is not concerned.
    other = {**WRONG, "username": "other@example.com"}
    assert clients[0].post("/login", query_string=other).status_code == 400


def test_after_the_window_it_may_be_tried_again(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    for _ in range(LIMITS["login"][0].amount):
        client.post("/login", query_string=WRONG)
    wait = int(client.post("/login", query_string=RIGHT).headers["Retry-After"])
    with clock_at(NOW + timedelta(seconds=wait - 2)):
        assert client.post("/login", query_string=RIGHT).status_code == 429
    with clock_at(NOW + timedelta(seconds=wait + 1)):
        assert client.post("/login", query_string=RIGHT).status_code == 200


def test_a_login_that_succeeds_clears_the_count(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    for _ in range(2):
        for _ in range(LIMITS["login"][0].amount - 1):
            assert client.post("/login", query_string=WRONG).status_code == 400
        assert client.post("/login", query_string=RIGHT).status_code == 200


def test_one_address_may_not_try_one_account_after_the_other(
    open_app: OpenApp, services: Services, buyer: Buyer
) -> None:
    client = open_app(ratelimit="on").test_client()
    client.post("/login", query_string=WRONG)

    def bring_to_the_limit(session: Session) -> None:
        by_address = AttemptCount.key.contains("address:127.0.0.1")
        session.execute(update(AttemptCount).where(by_address).values(count=LIMITS["login"][1].amount))

    services.transactions.write(bring_to_the_limit)
    stranger = {"username": "stranger@example.com", "password": "whatever it was"}
    assert client.post("/login", query_string=stranger).status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/login", query_string=stranger, environ_base=elsewhere).status_code == 400


def test_switched_off_nothing_is_counted(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    for _ in range(LIMITS["login"][0].amount + 2):
        assert client.post("/login", query_string=WRONG).status_code == 400
    assert services.transactions.read(lambda session: session.scalars(select(AttemptCount)).all()) == []


@on_one_database
def test_get_is_refused(client: FlaskClient) -> None:
    answer = client.get("/login")
    assert answer.status_code == 405
    assert answer.is_json
    assert "POST" in answer.headers["Allow"]
