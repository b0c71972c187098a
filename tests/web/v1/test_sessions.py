"""GET and POST /sessions, DELETE /sessions/{session_id}"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.web.shared.services import Services
from tests.accounts.authenticator_app import code_at
from tests.building import NOW, PASSWORD, Buyer, add_buyer, clock_at
from tests.web.v1.conftest import Headers, bearer

PATH = "/api/v1/sessions"


def log_in(client: FlaskClient, buyer: Buyer, agent: str = "phone", **changes: Any) -> Any:
    body = {"username": buyer.username, "password": PASSWORD, **changes}
    return client.post(PATH, json=body, headers={"User-Agent": agent})


def test_a_password_gives_a_token_that_works(client: FlaskClient, buyer: Buyer) -> None:
    answer = log_in(client, buyer)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.json["expires_at"] == "2030-05-18T09:00:00Z"
    assert answer.headers["Location"] == f"{PATH}/{answer.json['id']}"
    me = client.get("/api/v1/me", headers=bearer(answer.json["token"]))
    assert me.json["username"] == buyer.username
    # The same token serves the API as given.
    checked = client.get(
        "/checkToken", query_string={"username": buyer.username, "token": answer.json["token"]}
    )
    assert checked.json == {"message": "Token valid"}


def test_a_name_is_read_as_it_was_registered(client: FlaskClient, buyer: Buyer) -> None:
    assert log_in(client, buyer, username=f" {buyer.username.upper()} ").status_code == 201


def test_a_wrong_password_is_401_and_so_is_an_unknown_name(client: FlaskClient, buyer: Buyer) -> None:
    for changes in ({"password": "wrong"}, {"username": "nobody@example.com"}):
        answer = log_in(client, buyer, **changes)
        assert (answer.status_code, answer.json["code"]) == (401, "wrong_credentials")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert log_in(client, buyer, username="no address").status_code == 422


def test_one_sees_where_one_is_signed_in(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    with clock_at(NOW + timedelta(hours=1)):
        phone = log_in(client, buyer, agent="phone\x7f " + "x" * 300).json
        items = client.get(PATH, headers=bearer(phone["token"])).json["items"]
    assert [session["current"] for session in items] == [True, False]
    assert items[0]["id"] == phone["id"]
    assert items[0]["user_agent"] == ("phone " + "x" * 300)[:200]
    assert phone["token"] not in str(items)
    # What ran out is no session.
    with clock_at(NOW + timedelta(hours=24)):
        assert len(client.get(PATH, headers=bearer(phone["token"])).json["items"]) == 1


def test_one_logs_out_here_or_elsewhere(client: FlaskClient, buyer: Buyer, signed_in: Headers) -> None:
    phone, tablet = log_in(client, buyer).json, log_in(client, buyer).json
    assert client.delete(f"{PATH}/{tablet['id']}", headers=signed_in).status_code == 204
    assert client.get("/api/v1/me", headers=bearer(tablet["token"])).status_code == 401
    assert client.delete(f"{PATH}/current", headers=signed_in).status_code == 204
    assert client.get("/api/v1/me", headers=signed_in).status_code == 401
    assert client.get("/api/v1/me", headers=bearer(phone["token"])).status_code == 200


def test_nobody_ends_the_session_of_another(client: FlaskClient, services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    mine = log_in(client, buyer).json
    for session_id in (mine["id"], "", "%", "0" * 16, mine["id"][:4]):
        answer = client.delete(f"{PATH}/{session_id}", headers=bearer(other.token))
        assert answer.status_code == 404
    assert client.get("/api/v1/me", headers=bearer(mine["token"])).status_code == 200


def test_staff_show_the_second_factor_beside_the_password(
    client: FlaskClient, services: Services, buyer: Buyer
) -> None:
    secret = b"0123456789ABCDEFGHIJ"

    def turn_on(session: Session) -> None:
        user = session.get_one(User, buyer.id)
        grant_role(session, user=user, role="usher")
        user.totp_secret, user.totp_confirmed_at = services.secret_box.lock(secret), NOW

    assert log_in(client, buyer, totp_code="123456").json["code"] == "wrong_code"
    services.transactions.write(turn_on)

    def scopes(token: str) -> list[str]:
        return client.get("/api/v1/me", headers=bearer(token)).json["scopes"]

    # By password alone one is a moviegoer, whatever the way in.
    assert scopes(log_in(client, buyer).json["token"]) == ["me", "programme:read", "sales"]
    given = client.post("/login", query_string={"username": buyer.username, "password": PASSWORD})
    assert scopes(given.json["token"]) == ["me", "programme:read", "sales"]
    answer = log_in(client, buyer, totp_code=code_at(secret, NOW))
    assert "admissions:write" in scopes(answer.json["token"])
    again = log_in(client, buyer, totp_code=code_at(secret, NOW))
    assert (again.status_code, again.json["code"]) == (422, "wrong_code")
