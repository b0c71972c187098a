"""POST /register"""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.accounts.models import User, UserCode, UserSession
from matinee.accounts.throttling import LIMITS
from matinee.kernel.codes import hash_secret
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, count_rows, mail_kinds, mailed_codes, on_one_database
from tests.web.conftest import OpenApp

NEW = {"username": "new@example.com", "password": PASSWORD}


def test_a_registration_signs_in_and_queues_the_confirmation_mail(
    client: FlaskClient, services: Services
) -> None:
    answer = client.post("/register", query_string=NEW)
    assert answer.status_code == 200
    assert answer.json.keys() == {"message", "token", "validDue"}
    assert answer.json["message"] == "User registered successfully"
    assert answer.json["validDue"] == int((NOW + timedelta(hours=24)).timestamp())
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["token"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (answer.json["token"], True, "Lax")
    # The cookie alone is enough.
    assert client.get("/getTikets").json == {"message": "success", "tikets": []}
    mails = services.transactions.read(lambda session: session.scalars(select(Message)).all())
    assert [(mail.kind, mail.recipient) for mail in mails] == [("confirm_email", "new@example.com")]
    assert client.get("/isEmailConfirmed?username=new@example.com").json["message"] == "Email not confirmed"


def test_the_values_may_stand_in_a_json_object_or_in_a_form(client: FlaskClient) -> None:
    assert client.post("/register", json=NEW).status_code == 200
    assert client.post("/register", data={**NEW, "username": "second@example.com"}).status_code == 200
    third = client.post("/register?username=third@example.com", json={**NEW, "username": "nobody"})
    assert third.status_code == 200


def test_a_name_that_is_taken_is_refused_and_nothing_is_stored(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    for username in (buyer.username, buyer.username.upper()):
        answer = client.post("/register", query_string={**NEW, "username": username})
        assert (answer.status_code, answer.json) == (409, {"message": "User already exists"})
        assert "Set-Cookie" not in answer.headers
    assert services.transactions.read(mail_kinds) == []
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 1


@on_one_database
@pytest.mark.parametrize(
    "username",
    [
        "",
        "name",
        "@example.com",
        "a@b",
        "a b@example.com",
        "a@exa mple.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com\x00",
        "a@example..com",
        "x" * 250 + "@example.com",
        "Name <a@example.com>",
    ],
)
def test_what_is_no_address_is_a_bad_request(client: FlaskClient, services: Services, username: str) -> None:
    answer = client.post("/register", query_string={**NEW, "username": username})
    assert (answer.status_code, answer.json["message"]) == (400, "Bad request")
    assert answer.json["detail"]
    assert services.transactions.read(lambda session: count_rows(session, User)) == 0


@on_one_database
@pytest.mark.parametrize(
    "password",
    [
        None,
        "",
        "short 7",
        "password123",
        "PASSWORD123",
        "new@example.com",
        "NEW@example.com",
        "x" * 257,
        "x" * 1025,
    ],
    ids=[
        "missing",
        "empty",
        "short",
        "common",
        "common in capitals",
        "address",
        "address in capitals",
        "long",
        "longer",
    ],
)
def test_a_weak_password_is_a_bad_request(
    client: FlaskClient, services: Services, password: str | None
) -> None:
    values = {"username": "new@example.com"} | ({} if password is None else {"password": password})
    answer = client.post("/register", query_string=values)
    assert (answer.status_code, answer.json["message"]) == (400, "Bad request")
    assert "password" in answer.json["detail"].lower()
    assert services.transactions.read(lambda session: count_rows(session, User)) == 0


def test_a_weak_password_is_told_before_the_name_is_looked_up(client: FlaskClient, buyer: Buyer) -> None:
    answer = client.post("/register", query_string={"username": buyer.username, "password": "short"})
    assert (answer.status_code, answer.json["message"]) == (400, "Bad request")


def test_any_other_password_will_do(client: FlaskClient) -> None:
    for number, password in enumerate(
        ("8 letter", "пароль довгий", "x y" * 80, "\N{PILE OF POO}" * 8, "' OR 1=1 --")
    ):
        values = {"username": f"user{number}@example.com", "password": password}
        assert client.post("/register", json=values).status_code == 200
        assert client.post("/login", query_string=values).status_code == 200


def test_nothing_secret_is_stored_in_clear_but_in_the_mail(client: FlaskClient, services: Services) -> None:
    token = client.post("/register", query_string=NEW).json["token"]

    def read(session) -> tuple[User, UserSession, UserCode, str]:
        (code,) = mailed_codes(session)
        return (*(session.scalars(select(kept)).one() for kept in (User, UserSession, UserCode)), code)

    user, kept_session, kept_code, code = services.transactions.read(read)
    assert user.password_hash.startswith("$argon2id$")
    assert kept_session.token_hash == hash_secret(token)
    assert kept_code.code_hash == hash_secret(code)
    everything = " ".join(str(vars(row)) for row in (user, kept_session, kept_code))
    for secret in (PASSWORD, token, code):
        assert secret not in everything


def test_too_many_registrations_are_refused(open_app: OpenApp) -> None:
    clients = [open_app(ratelimit="on").test_client() for _ in range(2)]
    limit = LIMITS["register"][0].amount
    answers = [clients[attempt % 2].post("/register", query_string=NEW) for attempt in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [200] + [409] * (limit - 1) + [429]
    assert answers[-1].json == {"message": "Too many attempts"}
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


@on_one_database
def test_get_is_refused(client: FlaskClient) -> None:
    assert client.get("/register").status_code == 405
